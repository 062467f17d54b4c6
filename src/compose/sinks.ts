import { UnopenableError } from '../domain/unopenable-error.ts';
import { createSafeFetch } from '../net/safe-fetch/safe-fetch.ts';
import { createSinkCommands } from '../sinks/commands.ts';
import type { AskNotionForSink } from '../sinks/kinds/notion/data-source.ts';
import { makeDatabase } from '../sinks/kinds/notion/make-database.ts';
import { openNotionSink, rememberDataSources } from '../sinks/kinds/notion/notion.ts';
import { openWebhook } from '../sinks/kinds/webhook.ts';
import { createSinkRunner } from '../sinks/runner.ts';
import { type OpenReceiver, type SinkPlace, SinkTroubleError } from '../sinks/sink.ts';
import { createSinkSeal } from '../vault/sink-seal.ts';
import type { Foundation } from './foundation.ts';
import type { Audit } from './open-audit.ts';
import type { Parts } from './open-parts.ts';

const sinkTimeoutMs = 10_000;

/** The other receivers of the log, and the deliveries to them. */
export function openSinks(place: Foundation, audit: Audit, parts: Parts, askNotion: AskNotionForSink) {
  const { config, log, stores, now, background, closers } = place;
  const vault = createSinkSeal(parts.workspaceKeys, parts.onUndecryptable);
  const allowLoopbackHttp = config.notion.dangerouslyAllowLoopbackHttp;
  const { fetch, close } = createSafeFetch({ allowLoopbackHttp, timeoutMs: sinkTimeoutMs });

  async function secretOf({ owner, id: sinkId, generation, secret }: SinkPlace) {
    if (owner === null || secret === null) throw troubled('secret_missing');
    try {
      return await vault.open({ owner, sinkId, generation }, secret);
    } catch (error) {
      throw error instanceof UnopenableError ? troubled('secret_undecryptable') : error;
    }
  }

  const seen = rememberDataSources(now);
  const open: OpenReceiver = async sink => {
    if (sink.kind === 'webhook') return openWebhook({ fetch, secret: await secretOf(sink), now }, sink);
    if (sink.kind === 'notion') return openNotionSink(askNotion, seen, sink);
    throw troubled('not_available');
  };
  const runner = createSinkRunner({
    queue: audit.logged.sinkQueue,
    log: stores.sinkLog,
    open,
    kinds: ['webhook', 'notion'],
    now,
    onError: error => log.warn({ err: error }, 'a sink could not be delivered to; trying again'),
  });
  closers.push(close);
  if (background) closers.push(runner.start());
  return {
    commands: createSinkCommands({
      store: audit.logged.sinks,
      vault,
      open,
      async prepare(owner, { settings }) {
        if (!('parentPageId' in settings)) return settings;
        const { parentPageId, ...choices } = settings;
        return { ...choices, databaseId: await makeDatabase(askNotion, owner, parentPageId) };
      },
      now,
    }),
    async deliver() {
      await audit.proved.sequencer.run();
      await runner.runDue();
    },
  };
}

function troubled(problem: string): SinkTroubleError {
  return new SinkTroubleError({ problem, waitSeconds: 0, needsPerson: true });
}
