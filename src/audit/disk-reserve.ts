import { statfs } from 'node:fs/promises';
import { MiB, secondMs } from '../domain/units.ts';

/** What is kept free for entries of callers who are known. A day of a busy gateway's entries, and room to act. */
const reserveBytes = 256 * MiB;

/** What is kept free so that what was begun can end: below it, no call is taken any more. */
const lowWaterBytes = 64 * MiB;

/** Whether the disk under the log has come down to its reserve, or nearly to its end. */
export interface DiskReserve {
  reached(): boolean;
  /** Whether there is room for calls. Refusing them is better than a database that can write nothing at all. */
  hasRoom(): boolean;
  close(): void;
}

/**
 * Watches the free space of the disk that the log is on (rule 23): when only the reserve is left, strangers are still
 * refused and counted, but can no longer use up what the log needs for everybody else.
 *
 * @param directory a directory on that disk; null when the database is elsewhere, where its own operators watch it
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
