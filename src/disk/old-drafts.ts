import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hourMs } from '../domain/units.ts';

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
