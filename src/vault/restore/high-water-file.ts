import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { makeDirectory } from '../../disk/make-directory.ts';
import { StoreError } from '../../domain/store-error.ts';
import { draftEnding, removeOldDrafts } from '../old-drafts.ts';
import type { HighWater } from './custody-marks.ts';

/**
 * The greatest number that was seen, in a file of one line of JSON. Replaced as a whole, and synced before it counts. Several
 * instances may keep it together, as they do in one data directory: each has a draft of its own.
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
      await write(path, mark).catch(error => {
        throw unwritable(path, error);
      });
      return mark;
    },
  };
}

async function write(path: string, mark: number): Promise<void> {
  const draft = `${path}.${randomUUID()}${draftEnding}`;
  await makeDirectory(dirname(path));
  await removeOldDrafts(dirname(path), `${basename(path)}.`);
  try {
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(`${JSON.stringify({ custody: mark })}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    // A full disk is not made fuller.
    await rm(draft, { force: true }).catch(() => {});
    throw error;
  }
  await syncDirectory(dirname(path));
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

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
