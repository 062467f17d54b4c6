import { PortcullisError } from '../domain/errors.ts';
import type { RecordedEvent } from '../domain/event.ts';
import type { EventName } from '../domain/event-names.ts';
import { newId, type PrincipalId, type SinkId, type WorkspaceId } from '../domain/ids.ts';
import type { Secret } from '../domain/secret.ts';
import type { DeadLetter, SinkSummary } from '../domain/sink.ts';
import type { Now } from '../domain/units.ts';
import type { SinkRecord } from './record.ts';
import { type ChangedSink, newSecretOf, readSinkSettings, type SinkSettings } from './settings.ts';
import { type OpenReceiver, type SealedSecret, type SinkPlace, type SinkStore, SinkTroubleError } from './sink.ts';

/** A workspace has few receivers; each costs a reading of the log. */
const sinksMax = 20;
/** Dead letters that are shown. */
const lettersMax = 200;
const testMsMax = 20_000;

/** Makes the log entry of a change, in the name of the caller who asked for it. */
export type EntryOf = (name: EventName, detail: RecordedEvent['detail']) => RecordedEvent;

/** What admins ask for. */
export type AskedSink = SinkSettings & { readonly name: string; readonly from: 'now' | 'beginning' };

export interface SinkVault {
  seal(place: { owner: WorkspaceId; sinkId: SinkId; generation: number }, secret: Secret): Promise<SealedSecret>;
}

/** How a test went: `problem` is null if the receiver took it. */
export interface TestedSink {
  readonly problem: string | null;
}

export type SinkCommands = ReturnType<typeof createSinkCommands>;

/** The admins' commands on the sinks of a workspace. A command runs instead of `forward`, after the decision. */
export function createSinkCommands(parts: {
  readonly store: SinkStore;
  readonly vault: SinkVault;
  readonly open: OpenReceiver;
  /** Makes what settings ask to be made, and answers with those that name it. */
  readonly prepare: (owner: WorkspaceId, asked: SinkSettings) => Promise<Readonly<Record<string, unknown>>>;
  readonly now: Now;
}) {
  const { store, vault, open, prepare, now } = parts;

  async function find(owner: WorkspaceId, id: SinkId): Promise<SinkPlace> {
    const place = await store.find(owner, id);
    if (place === null) throw missing();
    return place;
  }

  async function sealFor(owner: WorkspaceId, sinkId: SinkId, generation: number, secret: Secret | null) {
    return secret === null ? null : vault.seal({ owner, sinkId, generation }, secret);
  }

  return {
    list: (owner: WorkspaceId): Promise<SinkSummary[]> => store.list(owner),

    /** The secret, where there is one, is shown now and never again. Throws `conflict` when there are too many sinks. */
    async create(
      owner: WorkspaceId,
      createdBy: PrincipalId | null,
      { name, from, ...what }: AskedSink,
      entryOf: EntryOf,
    ): Promise<{ readonly sink: SinkSummary; readonly secret: Secret | null }> {
      const id = newId('snk');
      const { kind } = what;
      const settings = await prepare(owner, what);
      const secret = newSecretOf(kind);
      const sealed = await sealFor(owner, id, 1, secret);
      const asked = { id, owner, kind, name, settings, secret: sealed, createdBy, from };
      const sink = await store.add(asked, sinksMax, now(), entryOf('sink.created', { sink: id, kind, from }));
      if (sink === null) throw new PortcullisError('conflict', `A workspace has at most ${sinksMax} sinks.`);
      return { sink, secret };
    },

    /** Throws `not_found`, `validation_error`, and `conflict` for a sink that comes from the deployment's settings. */
    async change(owner: WorkspaceId, id: SinkId, asked: ChangedSink, entryOf: EntryOf) {
      const place = await find(owner, id);
      if (place.origin === 'settings') throw ofTheDeployment();
      const { name, paused, newSecret } = asked;
      const settings = asked.settings === undefined ? undefined : readSinkSettings(place.kind, asked.settings);
      const secret = newSecret === true ? newSecretOf(place.kind) : null;
      const sealed = await sealFor(owner, id, place.generation + 1, secret);
      const change = {
        ...(name !== undefined && { name }),
        ...(settings !== undefined && { settings }),
        ...(sealed !== null && { secret: sealed }),
        ...(paused !== undefined && { move: paused ? ('paused' as const) : ('resumed' as const) }),
      };
      const detail = { sink: id, changed: Object.keys(asked).sort().join(' '), paused: paused ?? null };
      const sink = await store.change(place, change, now(), entryOf('sink.changed', detail));
      if (sink === null) throw new PortcullisError('conflict', 'This sink was changed meanwhile. Look again.');
      return { sink, secret };
    },

    /** Throws `not_found`, and `conflict` for a sink that comes from the deployment's settings. */
    async remove(owner: WorkspaceId, id: SinkId, entryOf: EntryOf): Promise<void> {
      const { origin, kind } = await find(owner, id);
      if (origin === 'settings') throw ofTheDeployment();
      if (!(await store.remove(owner, id, entryOf('sink.removed', { sink: id, kind })))) throw missing();
    },

    /** Sends a meaningless entry that is in no log, and reports the receiver's answer. */
    async test(owner: WorkspaceId, id: SinkId): Promise<TestedSink> {
      const place = await find(owner, id);
      try {
        const receiver = await open(place);
        try {
          const attempt = { isDoubtful: false, signal: AbortSignal.timeout(testMsMax) };
          const { end } = await receiver.deliver([testRecord(owner, now())], attempt);
          if (end === null) return { problem: null };
          return { problem: end.kind === 'refused' ? end.problem : end.trouble.problem };
        } finally {
          await receiver.close();
        }
      } catch (error) {
        if (error instanceof SinkTroubleError) return { problem: error.trouble.problem };
        throw error;
      }
    },

    /** Oldest first. Throws `not_found`. */
    async deadLetters(owner: WorkspaceId, id: SinkId): Promise<DeadLetter[]> {
      return (await store.deadLetters(owner, id, lettersMax)) ?? fail(missing());
    },

    /** Has one dead letter tried again, or all. Returns how many. Throws `not_found`. */
    async retry(owner: WorkspaceId, id: SinkId, index: number | null, entryOf: EntryOf): Promise<number> {
      const entry = (count: number) => entryOf('sink.dead_letter_wanted', { sink: id, index, count });
      return (await store.want(owner, id, index, now(), entry)) ?? fail(missing());
    },
  };
}

/** An event of the shape of all others, with an index that no entry has. */
function testRecord(owner: WorkspaceId, at: Date): SinkRecord {
  const id = newId('evt');
  const operation = 'sink.test';
  const text = JSON.stringify({
    clientAddress: null,
    detail: {},
    id,
    kind: 'event',
    operation,
    principal: null,
    requestId: null,
    result: 'success',
    time: at.toISOString(),
    v: 1,
    workspace: owner,
  });
  return { index: -1, id, kind: 'event', operation, text, intentText: null };
}

function missing(): PortcullisError {
  return new PortcullisError('not_found', 'There is no such sink.');
}

function ofTheDeployment(): PortcullisError {
  return new PortcullisError('conflict', 'The settings of the deployment ask for this sink. Change it there.');
}

function fail(error: PortcullisError): never {
  throw error;
}
