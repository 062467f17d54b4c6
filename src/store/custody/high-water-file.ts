import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { HighWater } from '../../vault/restore/custody-marks.ts';
import { StoreError } from '../store-error.ts';

/** The number that was seen last, in a file of one line of JSON. Replaced as a whole, and synced before it counts. */
export function createHighWaterFile(path: string): HighWater {
  return {
    async read() {
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null;
        throw unreadable(path, error);
      });
      return text === null ? 0 : parse(text, path);
    },
    async write(mark) {
      const draft = `${path}.draft`;
      await mkdir(dirname(path), { recursive: true });
      const file = await open(draft, 'w', 0o600);
      try {
        await file.writeFile(`${JSON.stringify({ custody: mark })}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(draft, path);
      await syncDirectory(dirname(path));
    },
  };
}

function parse(text: string, path: string): number {
  try {
    const { custody }: { custody?: unknown } = JSON.parse(text);
    if (typeof custody === 'number' && Number.isSafeInteger(custody) && custody >= 0) return custody;
  } catch (cause) {
    throw unreadable(path, cause);
  }
  throw unreadable(path, null);
}

function unreadable(path: string, cause: unknown): StoreError {
  return new StoreError(
    'directory_unusable',
    `${path} cannot be read. It says how far the database had come; if that is known to be true of the database, remove the file.`,
    { cause },
  );
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
