import { PortcullisError } from '../../domain/errors.ts';
import { secondMs } from '../../domain/units.ts';
import type { TokenRefreshes } from '../refresh/token-refreshes.ts';
import type { CustodyMarks, HighWater, Restoration } from './custody-marks.ts';

export interface RestoreWatch {
  /** Whether the database was restored from a backup and no operator has acknowledged it. Nothing is refreshed then. */
  restored(): boolean;
  close(): Promise<void>;
}

/**
 * Compares the database with what this instance remembers: now, and every few seconds from then on, so that a database that
 * is exchanged under a running gateway is noticed too. Throws what `marks` and `highWater` throw if it cannot be done now.
 */
export async function watchRestore(parts: {
  marks: CustodyMarks;
  highWater: HighWater;
  /** Called once for each restoration that is found. */
  onRestored: (restoration: Restoration) => Promise<void> | void;
  onTrouble: (error: unknown) => void;
  everyMs?: number;
}): Promise<RestoreWatch> {
  const { marks, highWater, onRestored, onTrouble, everyMs = 2 * secondMs } = parts;
  let known = await highWater.read();
  let restored = false;

  async function compare(): Promise<void> {
    const databaseMark = await marks.current();
    if (databaseMark < known) await marks.noteRestoration(known);
    const open = await marks.openRestoration();
    if (open !== null && !restored) await onRestored(open);
    restored = open !== null;
    // Also if nothing changed here: another instance may have noted a number, and a lost note is made again.
    if (!restored && databaseMark >= known) known = await highWater.raise(databaseMark);
  }

  await compare();
  let running: Promise<void> | null = null;
  const timer = setInterval(() => {
    // A database that is slow to answer is not asked again before it has.
    running ??= compare()
      .catch(onTrouble)
      .finally(() => {
        running = null;
      });
  }, everyMs);
  timer.unref();
  return {
    restored: () => restored,
    async close() {
      clearInterval(timer);
      // What changed last is worth remembering most.
      await running;
      await compare().catch(onTrouble);
    },
  };
}

/** Starts no refreshes while the database is a restored one that no operator has acknowledged. */
export function refuseWhileRestored<T extends Pick<TokenRefreshes, 'begin'>>(refreshes: T, restored: () => boolean): T {
  const begin: TokenRefreshes['begin'] = async (...attempt) => {
    if (!restored()) return refreshes.begin(...attempt);
    const log = 'the database was put back to an earlier state: portcullis db acknowledge-restore';
    throw new PortcullisError('unavailable', undefined, { log });
  };
  return { ...refreshes, begin };
}
