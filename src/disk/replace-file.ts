import { randomUUID } from 'node:crypto';
import { lstat, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { hourMs } from '../domain/units.ts';
import { makeDirectory } from './make-directory.ts';

/** Replaces a small file as a whole, for its owner alone. It is synced before it counts. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomUUID()}${draftEnding}`;
  await makeDirectory(dirname(path));
  await removeOldDrafts(dirname(path), `${basename(path)}.`);
  try {
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(text);
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

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** What a file is called until it is whole. */
export const draftEnding = '.draft';

/**
 * Removes drafts of processes that died while writing, of files whose names begin with `prefix`. A young draft may
 * belong to a live process, and may be gone a moment later.
 */
export async function removeOldDrafts(directory: string, prefix = ''): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!name.startsWith(prefix) || !name.endsWith(draftEnding)) continue;
    const path = join(directory, name);
    const draft = await lstat(path).catch(nullIfMissing);
    if (draft !== null && Date.now() - draft.mtimeMs > hourMs) await rm(path, { force: true });
  }
}

function nullIfMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
