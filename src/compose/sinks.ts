import { Lru } from '../domain/lru.ts';
import { sinkKinds } from '../domain/sink.ts';
import { UnopenableError } from '../domain/unopenable-error.ts';
import { type GuardedPlace, guardedConnect } from '../net/guarded-connect.ts';
import { createSafeFetch } from '../net/safe-fetch/safe-fetch.ts';
import { openWatcher, watcherName } from '../sinks/alerts/watch.ts';
import { createSettingsSinks } from '../sinks/by-settings.ts';
import { createSinkCommands } from '../sinks/commands.ts';
import type { AskNotionForSink } from '../sinks/kinds/notion/data-source.ts';
import { makeDatabase } from '../sinks/kinds/notion/make-database.ts';
import { dailyAnchor, openNotionSink, rememberDataSources } from '../sinks/kinds/notion/notion.ts';
import { openFile, openStdout } from '../sinks/kinds/stream.ts';
import { openSyslog } from '../sinks/kinds/syslog.ts';
import { openWebhook } from '../sinks/kinds/webhook.ts';
import { createSinkRunner } from '../sinks/runner.ts';
import type { OpenReceiver, SinkPlace } from '../sinks/sink.ts';
import { needsPerson } from '../sinks/trouble.ts';
import { createSinkSeal } from '../vault/sink-seal.ts';
import type { Foundation } from './foundation.ts';
import type { Audit } from './open-audit.ts';
import type { Parts } from './open-parts.ts';

const sinkTimeoutMs = 10_000;
const knownNetworksMax = 20_000;

/** The other receivers of the log, and the deliveries to them. */
export function openSinks(place: Foundation, audit: Audit, parts: Parts, askNotion: AskNotionForSink) {
  const { config, log, stores, now, background, closers } = place;
  const vault = createSinkSeal(parts.workspaceKeys, parts.onUndecryptable);
  const allowLoopbackHttp = config.notion.dangerouslyAllowLoopbackHttp;
  const { fetch, close } = createSafeFetch({ allowLoopbackHttp, timeoutMs: sinkTimeoutMs });

  async function secretOf({ owner, id: sinkId, origin, generation, secret }: SinkPlace) {
    if (origin === 'settings' && config.sinks.webhookSecret !== null) return config.sinks.webhookSecret;
    if (owner === null || secret === null) throw needsPerson('secret_missing');
    try {
      return await vault.open({ owner, sinkId, generation }, secret);
    } catch (error) {
      throw error instanceof UnopenableError ? needsPerson('secret_undecryptable') : error;
    }
  }

  const seen = rememberDataSources(now);
  const anchor = dailyAnchor(now, async log => {
    const head = await audit.proved.logs.head(log).catch(() => null);
    return head && { log, size: head.size, note: head.checkpoint, at: now() };
  });
  const known = new Lru<true>(knownNetworksMax);
  const { hostname: host } = new URL(place.publicUrl);
  const connectTo = (to: GuardedPlace, { origin }: SinkPlace) =>
    guardedConnect(to, {
      anyAddress: origin === 'settings',
      allowLoopback: allowLoopbackHttp,
      timeoutMs: sinkTimeoutMs,
    });
  const open: OpenReceiver = async sink => {
    if (sink.kind === 'webhook') return openWebhook({ fetch, secret: await secretOf(sink), now }, sink);
    if (sink.kind === 'syslog') return openSyslog({ connect: place => connectTo(place, sink), host }, sink);
    if (sink.kind === 'stdout') return openStdout(process.stdout, sink);
    if (sink.kind === 'file') return openFile(sink);
    if (sink.kind === 'alerts') return openWatcher(audit.logged.alerts, known, sink);
    if (sink.kind === 'notion') return openNotionSink(askNotion, seen, anchor, sink);
    throw needsPerson('not_available');
  };
  const prepare = createSettingsSinks({
    ...config.sinks,
    everywhere: [{ name: watcherName, kind: 'alerts', settings: {} }, ...config.sinks.everywhere],
    store: audit.logged.settingsSinks,
    ask: askNotion,
    now,
  });
  const runner = createSinkRunner({
    queue: audit.logged.sinkQueue,
    log: stores.sinkLog,
    open,
    kinds: sinkKinds,
    prepare,
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
