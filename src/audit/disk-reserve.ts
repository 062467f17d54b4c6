import { statfs } from 'node:fs/promises';
import { MiB, secondMs } from '../domain/units.ts';

/**
 * Free space that is reserved for entries of known callers. It holds a day of a busy gateway's entries, and leaves time
 * to act.
 */
const reserveBytes = 256 * MiB;

/** Free space that is reserved so that running calls can end: below it, no new call is accepted. */
const lowWaterBytes = 64 * MiB;

/** Whether the disk under the log has come down to its reserve, or nearly to its end. */
export interface DiskReserve {
  reached(): boolean;
  /** Whether there is room for calls. It is better to refuse them than to have a database that cannot write at all. */
  hasRoom(): boolean;
  close(): void;
}

/**
 * Watches the free space of the disk with the log (rule 23). When only the reserve is left, strangers are still refused
 * and counted, but can no longer use up the space for known callers.
 *
 * @param directory a directory on that disk; null if the database is elsewhere, where its own operators watch it
 */
export async function watchDiskReserve(
  directory: string | null,
  onTrouble: (error: unknown) => void,
): Promise<DiskReserve> {
  if (directory === null) return { reached: () => false, hasRoom: () => true, close: () => {} };
  let freeBytes = Number.POSITIVE_INFINITY;
  const look = async () => {
    const { bavail, bsize } = await statfs(directory);
    freeBytes = bavail * bsize;
  };
  await look().catch(onTrouble);
  const timer = setInterval(() => void look().catch(onTrouble), secondMs);
  timer.unref();
  return {
    reached: () => freeBytes < reserveBytes,
    hasRoom: () => freeBytes >= lowWaterBytes,
    close: () => clearInterval(timer),
  };
}
