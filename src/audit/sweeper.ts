import type { InstanceId } from '../domain/ids.ts';
import { type Now, secondMs } from '../domain/units.ts';
import type { AuditLog, AuditRow } from './audit-log.ts';
import { type StreamEnd, streamClosedRow, sweptRow } from './entry.ts';

export type OpenStream = Pick<StreamEnd, 'intent' | 'workspaceId' | 'requestId'>;

/** What the sweeper reads. */
export interface OpenIntents {
  /** Instances whose lease has run out and that are not swept yet. */
  lostInstances(): Promise<readonly InstanceId[]>;
  /** Open intents of that instance, oldest first, at most `limit`. */
  openIntents(
    instance: InstanceId,
    limit: number,
  ): Promise<readonly Pick<AuditRow, 'id' | 'workspaceId' | 'principalId' | 'operation'>[]>;
  /** Answers that the instance was streaming and whose end is not known, oldest first, at most `limit`. */
  openStreams(instance: InstanceId, limit: number): Promise<readonly OpenStream[]>;
  markSwept(instance: InstanceId): Promise<void>;
}

const batch = 500;

/**
 * Closes the intents of dead instances (killed between intent and outcome) as `unknown`, and the answers that they were
 * streaming as incomplete. Several gateways may sweep at once: the log accepts one closing entry for each intent and
 * each stream.
 *
 * Returns how many open intents and streams it found.
 */
export async function sweep(parts: { open: OpenIntents; log: AuditLog; self: InstanceId; now: Now }): Promise<number> {
  let found = 0;
  const { open, log, self, now } = parts;
  for (const instance of await open.lostInstances()) {
    const intents = () => open.openIntents(instance, batch);
    const streams = () => open.openStreams(instance, batch);
    found += await closeAll(
      intents,
      rows => log.append(self, rows),
      intent => sweptRow(intent, now()),
    );
    found += await closeAll(
      streams,
      rows => log.append(self, rows),
      stream => streamClosedRow(lost(stream), now()),
    );
    await open.markSwept(instance);
  }
  return found;
}

/** Closes one batch after another until none is open. Returns how many there were. */
async function closeAll<T>(
  next: () => Promise<readonly T[]>,
  append: (rows: readonly AuditRow[]) => Promise<unknown>,
  rowOf: (open: T) => AuditRow,
): Promise<number> {
  let found = 0;
  for (let open = await next(); open.length > 0; open = await next()) {
    found += open.length;
    await append(open.map(rowOf));
  }
  return found;
}

function lost(stream: OpenStream): StreamEnd {
  return { ...stream, complete: false, because: 'instance_lost' };
}

/** Sweeps now and then until closed. Trouble is reported and tried again: the intents are not going anywhere. */
export function startSweeper(
  parts: Omit<Parameters<typeof sweep>[0], 'self'> & { self: () => InstanceId; onTrouble: (error: unknown) => void },
): { close(): Promise<void> } {
  let running: Promise<unknown> = Promise.resolve();
  const run = () => {
    running = running.then(() => sweep({ ...parts, self: parts.self() })).catch(parts.onTrouble);
  };
  run();
  const timer = setInterval(run, 5 * secondMs);
  timer.unref();
  return {
    async close() {
      clearInterval(timer);
      await running;
    },
  };
}
