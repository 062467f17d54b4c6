import { setImmediate } from 'node:timers/promises';
import { PortcullisError } from '../domain/errors.ts';
import type { InstanceId } from '../domain/ids.ts';
import type { AuditLog, AuditRow } from './audit-log.ts';

export interface GroupCommit {
  /** Resolves when the row is durable: true if it was appended, false if its condition no longer held. */
  append(row: AuditRow): Promise<boolean>;
  /** Takes an outcome that must be in the log at some time, although no call waits for it. */
  owe(outcome: AuditRow): void;
  /** Waits for the queue, and tries once more to write the outcomes that are owed. */
  close(): Promise<void>;
}

interface Waiting {
  readonly row: AuditRow;
  readonly resolve: (appended: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/** Rows of one commit at most: keeps one flush short under every load. */
const rowsMax = 512;
/**
 * Turns of the event loop between two flushes. In them, the calls of the last flush, and all other ready work, reach
 * their next row. Without them, calls part into groups that take turns, and a flush has half as many rows.
 */
const turnsBetween = 4;
/** Outcomes owed at most while the database is away. Beyond it the intents stay open, and the sweeper closes them. */
const owedMax = 10_000;

/**
 * One flush at a time; the calls that arrive meanwhile form the next one. Under load a commit then serves dozens of
 * calls, and a single call waits for exactly one commit. There is no timer.
 */
export function createGroupCommit(
  log: AuditLog,
  options: { instance: () => InstanceId; onDurable?: (rows: readonly AuditRow[]) => void; owedRetryMs?: number },
): GroupCommit {
  let queue: Waiting[] = [];
  let owed: AuditRow[] = [];
  let flushing: Promise<void> | null = null;
  let retry: NodeJS.Timeout | null = null;

  function start(): void {
    flushing ??= drain().finally(() => {
      flushing = null;
      // A row may have come in after the last look at the queue.
      if (queue.length > 0) start();
    });
  }

  async function drain(): Promise<void> {
    while (queue.length > 0) {
      const batch = queue.slice(0, rowsMax);
      queue = queue.slice(rowsMax);
      await flush(batch);
      for (let turn = 0; turn < turnsBetween; turn++) await setImmediate();
    }
    await payOwed();
  }

  async function flush(batch: readonly Waiting[]): Promise<void> {
    try {
      const rows = batch.map(waiting => waiting.row);
      const appended = await log.append(options.instance(), rows);
      options.onDurable?.(rows.filter(row => appended.has(row.id)));
      for (const waiting of batch) waiting.resolve(appended.has(waiting.row.id));
    } catch (cause) {
      const error = new PortcullisError('audit_unavailable', undefined, {
        cause,
        log: 'the audit log cannot be written',
      });
      for (const waiting of batch) waiting.reject(error);
    }
  }

  async function payOwed(): Promise<void> {
    if (owed.length === 0) return;
    const paying = owed;
    owed = [];
    try {
      await log.settle(options.instance(), paying);
    } catch {
      owed = [...paying, ...owed].slice(0, owedMax);
      retry ??= setTimeout(() => {
        retry = null;
        start();
      }, options.owedRetryMs ?? 1_000).unref();
    }
  }

  return {
    append(row) {
      return new Promise((resolve, reject) => {
        queue.push({ row, resolve, reject });
        start();
      });
    },
    owe(outcome) {
      if (owed.length < owedMax) owed.push(outcome);
      start();
    },
    async close() {
      if (retry !== null) clearTimeout(retry);
      start();
      while (flushing !== null) await flushing;
    },
  };
}
