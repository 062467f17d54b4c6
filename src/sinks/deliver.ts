import type { RecordedEvent } from '../domain/event.ts';
import { growingWait } from '../domain/growing-wait.ts';
import { hourMs, minuteMs, type Now, secondMs } from '../domain/units.ts';
import { type SinkRecord, tellsOfItself, tellsOfTrouble } from './record.ts';
import {
  behind,
  type ClaimedSink,
  type OpenReceiver,
  type Receiver,
  type SinkDelivery,
  type SinkLog,
  type SinkQueue,
  type SinkTrouble,
  SinkTroubleError,
} from './sink.ts';

/** How long a claim holds. It is renewed with every acknowledgement, and longer than any attempt takes. */
export const leaseMs = 2 * minuteMs;
/** No attempt takes longer than this, unless the receiver itself says so. */
const attemptMsMax = 30 * secondMs;
/** Entries that are read at once. */
const readMax = 1_000;
/** After this time the other sinks have their turn. */
const roundMsMax = 20 * secondMs;
/** A receiver that refuses this many entries in a row, and accepts none, is itself out of order. */
const refusalsMax = 3;
/** Waits after failed attempts: the first wait is the least, and it doubles up to the most. */
const waitMs = { least: 5 * secondMs, most: hourMs };
/** What needs a person is looked at again so often, in case it was done. */
const personWaitMs = 5 * minuteMs;

export interface DeliverParts {
  readonly queue: SinkQueue;
  readonly log: SinkLog;
  readonly open: OpenReceiver;
  readonly now: Now;
}

/**
 * Gives one sink the entries that it has not acknowledged, in the log's order. Ends if there are no more, if an attempt
 * failed, if it is another sink's turn, or if another process has the lease.
 */
export async function deliver(parts: DeliverParts, sink: ClaimedSink): Promise<void> {
  let receiver: Receiver | null = null;
  try {
    receiver = await parts.open(sink);
    await createRound(parts, sink, receiver).run();
  } catch (error) {
    if (error instanceof SinkTroubleError) return postpone(parts, sink, sink.failures, error.trouble);
    await postpone(parts, sink, sink.failures, { problem: 'internal', waitSeconds: 0, needsPerson: false });
    throw error;
  } finally {
    await receiver?.close();
  }
}

function createRound(parts: DeliverParts, sink: ClaimedSink, receiver: Receiver) {
  const { queue, log, now } = parts;
  const startedAt = now().getTime();
  let { cursor, doubtful, failures, refusals } = sink;

  const acknowledge = (upTo: number, next: number | null, wasSent: boolean) => {
    cursor = upTo;
    const at = now();
    return queue.acknowledge(sink, {
      cursor: upTo,
      doubtful: receiver.looksBeforeRepeating ? next : null,
      at,
      leaseUntil: new Date(at.getTime() + leaseMs),
      wasSent,
    });
  };

  /** False: the round is over. */
  async function attempt(records: readonly SinkRecord[], next: number | null): Promise<boolean> {
    const [first] = records;
    if (first === undefined) return true;
    const delivery = await inTime(receiver, records, doubtful === first.index);
    const { taken, end } = delivery;
    doubtful = null;
    if (taken > 0) {
      failures = 0;
      refusals = 0;
      const rest = records[taken];
      if (!(await acknowledge(behind(records.slice(0, taken), cursor), rest?.index ?? next, true))) return false;
    }
    if (end === null) return true;
    if (end.kind === 'trouble') {
      await postpone(parts, sink, failures, end.trouble);
      return false;
    }
    const left = records.slice(taken);
    // It refuses one of several: which one is found by sending them one by one.
    if (left.length > 1) {
      for (const record of left) if (!(await attempt([record], null))) return false;
      return true;
    }
    return left[0] === undefined || putAside(left[0], end.problem);
  }

  async function putAside(record: SinkRecord, problem: string): Promise<boolean> {
    refusals += 1;
    if (refusals > refusalsMax) {
      await postpone(parts, sink, failures, { problem: 'refuses_everything', waitSeconds: 0, needsPerson: true });
      return false;
    }
    const letter = { index: record.index, entry: record.id, problem, at: now() };
    const entry = tellsOfTrouble(record) ? null : deadLettered(sink, letter);
    cursor = record.index + 1;
    return queue.putAside(sink, letter, entry);
  }

  async function retryWanted(): Promise<boolean> {
    const letters = await queue.wanted(sink, readMax);
    for (const { index } of letters) {
      const [record] = await log.read(sink.owner, index, 1);
      if (record === undefined) continue;
      const { taken, end } = await inTime(receiver, [record], true);
      if (taken === 1) await queue.settleLetter(sink, record.index, null);
      else if (end?.kind === 'refused') await queue.settleLetter(sink, record.index, end.problem);
      else if (end?.kind === 'trouble') {
        await postpone(parts, sink, failures, end.trouble);
        return false;
      }
    }
    return true;
  }

  function isWanted(record: SinkRecord): boolean {
    if (sink.settings.only === 'alerts' && record.operation !== 'alert.raised') return false;
    return !tellsOfItself(record, sink.id) && receiver.wants(record);
  }

  return {
    async run(): Promise<void> {
      if (!(await retryWanted())) return;
      while (now().getTime() - startedAt < roundMsMax) {
        const records = await log.read(sink.owner, cursor, readMax);
        if (records.length === 0) return;
        const wanted = records.filter(isWanted);
        // The first entry may arrive before this process, if it dies now, can note that.
        const [first] = wanted;
        if (first !== undefined && doubtful !== first.index && receiver.looksBeforeRepeating) {
          if (!(await acknowledge(cursor, first.index, false))) return;
        }
        for (let at = 0; at < wanted.length; at += receiver.batchMax) {
          const next = wanted[at + receiver.batchMax]?.index ?? null;
          if (!(await attempt(wanted.slice(at, at + receiver.batchMax), next))) return;
        }
        const end = behind(records, cursor);
        if (end > cursor && !(await acknowledge(end, null, false))) return;
      }
    },
  };
}

/** An attempt that a receiver does not end by itself is ended here. */
async function inTime(receiver: Receiver, records: readonly SinkRecord[], isDoubtful: boolean): Promise<SinkDelivery> {
  const signal = AbortSignal.timeout(receiver.attemptMsMax ?? attemptMsMax);
  const tooLate = new Promise<SinkDelivery>(resolve => {
    const trouble = { problem: 'timeout', waitSeconds: 0, needsPerson: false };
    signal.addEventListener('abort', () => resolve({ taken: 0, end: { kind: 'trouble', trouble } }), { once: true });
  });
  return Promise.race([receiver.deliver(records, { isDoubtful, signal }), tooLate]);
}

async function postpone(
  { queue, now }: DeliverParts,
  sink: ClaimedSink,
  failures: number,
  trouble: SinkTrouble,
): Promise<void> {
  const wait = Math.max(
    trouble.needsPerson ? personWaitMs : growingWait(failures, waitMs),
    trouble.waitSeconds * secondMs,
  );
  const entry = trouble.needsPerson && sink.state !== 'blocked' ? blocked(sink, trouble.problem) : null;
  await queue.fail(sink, trouble, new Date(now().getTime() + wait), entry);
}

function blocked(sink: ClaimedSink, problem: string): RecordedEvent {
  return { ...eventOf(sink), name: 'sink.blocked', detail: { sink: sink.id, kind: sink.kind, problem } };
}

function deadLettered(sink: ClaimedSink, { index, entry, problem }: { index: number; entry: string; problem: string }) {
  const detail = { sink: sink.id, kind: sink.kind, index, entry, problem };
  return { ...eventOf(sink), name: 'sink.dead_lettered', detail } as const;
}

function eventOf({ owner }: ClaimedSink) {
  return { workspaceId: owner, principalId: null, result: 'error' } as const;
}
