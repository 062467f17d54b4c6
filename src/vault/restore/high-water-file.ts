import { readFile } from 'node:fs/promises';
import { replaceFile } from '../../disk/replace-file.ts';
import { StoreError } from '../../domain/store-error.ts';
import type { HighWater } from './custody-marks.ts';

/**
 * The highest number that was seen, in a file of one line of JSON. It is replaced as a whole, and synced before it
 * counts. Several instances may share it, as in one data directory: each has a draft of its own.
 */
export function createHighWaterFile(path: string): HighWater {
  async function read(): Promise<number> {
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw unreadable(path, error.message, error);
    });
    return text === null ? 0 : parse(text, path);
  }
  return {
    read,
    async raise(mark) {
      const noted = await read();
      if (noted >= mark) return noted;
      await replaceFile(path, `${JSON.stringify({ custody: mark })}\n`).catch(error => {
        throw unwritable(path, error);
      });
      return mark;
    },
  };
}

function parse(text: string, path: string): number {
  try {
    const { custody }: { custody?: unknown } = JSON.parse(text);
    if (typeof custody === 'number' && Number.isSafeInteger(custody) && custody >= 0) return custody;
  } catch (cause) {
    throw unreadable(path, notOurs, cause);
  }
  throw unreadable(path, notOurs, null);
}

const notOurs = 'it holds something else than was written there';

function unreadable(path: string, reason: string, cause: unknown): StoreError {
  return new StoreError(
    'directory_unusable',
    `${path} cannot be read: ${reason}. It says how far the database had come; if the database is known to be the right one, remove the file.`,
    { cause },
  );
}

function unwritable(path: string, cause: Error): StoreError {
  return new StoreError(
    'directory_unusable',
    `${path} cannot be written: ${cause.message}. It notes how far the database has come; PORTCULLIS_HIGH_WATER_FILE names another place.`,
    { cause },
  );
}
