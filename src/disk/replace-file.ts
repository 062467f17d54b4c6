import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { makeDirectory } from './make-directory.ts';
import { draftEnding, removeOldDrafts } from './old-drafts.ts';

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
