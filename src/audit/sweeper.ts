import type { InstanceId } from '../domain/ids.ts';
import { type Now, secondMs } from '../domain/units.ts';
import type { AuditLog, AuditRow } from './audit-log.ts';
import { sweptRow } from './entry.ts';

/** What the sweeper reads. */
export interface OpenIntents {
  /** Instances whose lease has run out and that were not swept yet. */
  lostInstances(): Promise<readonly InstanceId[]>;
  /** Intents of that instance that nothing has closed, oldest first, at most `limit`. */
  openIntents(
    instance: InstanceId,
    limit: number,
  ): Promise<readonly Pick<AuditRow, 'id' | 'workspaceId' | 'principalId' | 'operation'>[]>;
  markSwept(instance: InstanceId): Promise<void>;
}

const batch = 500;

/**
 * Closes, as `unknown`, the intents of instances that are gone: killed between intent and outcome. Several gateways may
 * sweep at once; the log accepts one closing entry for each intent, whoever writes it.
 *
 * Answers how many intents it found open.
 */
export async function sweep(parts: { open: OpenIntents; log: AuditLog; self: InstanceId; now: Now }): Promise<number> {
  let found = 0;
  for (const instance of await parts.open.lostInstances()) {
    for (;;) {
      const open = await parts.open.openIntents(instance, batch);
      if (open.length === 0) break;
      found += open.length;
      await parts.log.append(
        parts.self,
        open.map(intent => sweptRow(intent, parts.now())),
      );
    }
    await parts.open.markSwept(instance);
  }
  return found;
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
