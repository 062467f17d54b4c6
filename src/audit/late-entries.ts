import type { AuditMode } from '../domain/audit-mode.ts';
import type { DecidedCall } from '../domain/decided-call.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { EventId } from '../domain/ids.ts';
import { type Now, secondMs } from '../domain/units.ts';
import type { AuditRow } from './audit-log.ts';
import { sweptRow } from './entry.ts';
import type { EntryFile } from './entry-file.ts';

/** Entries of calls that passed although the log could not be written. They come into it as soon as it can. */
export interface LateEntries {
  readonly mode: Exclude<AuditMode, 'strict'>;
  /** Whether a call may pass without a durable entry. */
  mayPass(decided: DecidedCall): boolean;
  /**
   * Keeps the entry of a decision, or the outcome of a call whose intent is kept. Throws if the mode does not allow
   * that.
   */
  keep(row: AuditRow): Promise<void>;
  /** Whether the intent of this call is kept here. */
  has(intent: EventId): boolean;
  /** Writes complete entries into the log: denials, and calls that have ended. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** Entries in memory at most. Beyond it even `continue` refuses, because entries are never dropped. */
const keptMax = 100_000;
const drainEveryMs = secondMs;

/** @param file entries in it survive if the process is killed */
export async function openLateEntries(parts: {
  mode: LateEntries['mode'];
  file: EntryFile;
  append: (rows: readonly AuditRow[]) => Promise<unknown>;
  /** Whether intents of this instance are accepted. */
  leaseHolds: () => boolean;
  hasRoom: () => boolean;
  onTrouble: (error: unknown) => void;
  now: Now;
}): Promise<LateEntries> {
  const { mode, file, append, leaseHolds, hasRoom, onTrouble, now } = parts;
  /** By the id of the decision: it, and then its outcome. */
  const calls = new Map<EventId, AuditRow[]>();
  for (const row of await file.read()) add(row);
  // Their process is gone, so their outcome will never be known.
  for (const rows of calls.values()) {
    const [decision] = rows;
    if (decision !== undefined && !isWhole(rows)) rows.push(sweptRow(decision, now()));
  }

  function add(row: AuditRow): void {
    const call = row.intentId ?? row.id;
    calls.set(call, [...(calls.get(call) ?? []), row]);
  }

  async function drain(): Promise<void> {
    const whole = [...calls].filter(([, rows]) => isWhole(rows));
    if (whole.length === 0 || !leaseHolds() || !hasRoom()) return;
    // In one commit, so that no outcome is in the log without its intent.
    await append(whole.flatMap(([, rows]) => rows));
    for (const [id] of whole) calls.delete(id);
    await file.replace([...calls.values()].flat());
  }

  let draining: Promise<void> = Promise.resolve();
  const drainInTurn = () => {
    draining = draining.then(drain).catch(onTrouble);
    return draining;
  };
  const timer = setInterval(drainInTurn, drainEveryMs).unref();

  return {
    mode,
    mayPass: ({ call, decision }) =>
      mode === 'continue' || decision.effect === 'deny' || call.operation.effect === 'read',
    async keep(given) {
      // The facts of the decision held when the call passed; they may have changed before the entry comes into the log.
      const row: AuditRow = { ...given, ifPolicyRevision: null, ifEpoch: null };
      if (calls.size >= keptMax) throw unavailable('too many entries wait for the log');
      try {
        if (!hasRoom()) throw unavailable('the disk of the log is nearly full');
        await file.append(row);
      } catch (error) {
        // The entry of an allowed call is kept in any case, even if its answer is withheld.
        if (mode === 'continue' || row.intentId !== null) add(row);
        if (mode === 'continue') return onTrouble(error);
        throw error;
      }
      add(row);
    },
    has: intent => calls.has(intent),
    drain: drainInTurn,
    async close() {
      clearInterval(timer);
      await drainInTurn();
      await file.close();
    },
  };
}

function isWhole(rows: readonly AuditRow[]): boolean {
  return rows.some(({ kind }) => kind !== 'intent');
}

function unavailable(log: string): PortcullisError {
  return new PortcullisError('audit_unavailable', undefined, { log });
}
