import { statfs } from 'node:fs/promises';
import { MiB, secondMs } from '../domain/units.ts';

/** What is kept free for entries of callers who are known. A day of a busy gateway's entries, and room to act. */
const reserveBytes = 256 * MiB;

/** Whether the disk under the log has come down to its reserve. */
export interface DiskReserve {
  reached(): boolean;
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
  if (directory === null) return { reached: () => false, close: () => {} };
  let reached = false;
  const look = async () => {
    const { bavail, bsize } = await statfs(directory);
    reached = bavail * bsize < reserveBytes;
  };
  await look().catch(onTrouble);
  const timer = setInterval(() => void look().catch(onTrouble), 5 * secondMs);
  timer.unref();
  return { reached: () => reached, close: () => clearInterval(timer) };
}
