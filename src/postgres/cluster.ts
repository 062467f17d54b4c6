import { spawn } from 'node:child_process';
import { mkdtemp, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { StoreError } from '../domain/store-error.ts';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { type DataDirectory, exists, giveTo, syncDirectory } from './data-directory.ts';

/** The superuser of the cluster. It makes the login of Portcullis, guards the directory, and does nothing else. */
export const superuser = 'portcullis_server';

/**
 * The argument that tells PostgreSQL's programs where the data is. The child starts in the directory before it changes
 * its user, so that on Linux another account reaches the directory even below parents that are closed to that account.
 */
export function dataDirectoryArgument(cluster: string): string {
  return process.platform === 'linux' ? '/proc/self/cwd' : cluster;
}

/** The options of `spawn` that put a program under an account. */
export function under(account: Account): { uid?: number; gid?: number } {
  return account.borrowed ? { uid: account.uid, gid: account.gid } : {};
}

/**
 * Makes the cluster if there is none yet. It appears under its name complete or not at all. So a start that is killed,
 * or that races with another, leaves nothing unfinished. Throws StoreError `server_failed` or `directory_unusable`.
 */
export async function ensureCluster(directory: DataDirectory, binaries: Binaries, account: Account): Promise<void> {
  if (await exists(directory.cluster)) return requireVersion(directory.cluster, binaries.version);
  const draft = await mkdtemp(`${directory.cluster}-`);
  try {
    await giveTo(account, draft);
    await initialise(draft, directory.password, binaries, account);
    await rename(draft, directory.cluster);
    await syncDirectory(directory.path);
  } catch (error) {
    // Another start on the same directory may have been faster. We then open its cluster, or are refused.
    if (await exists(directory.cluster)) return;
    throw error instanceof StoreError ? error : noCluster(directory.cluster, error as Error);
  } finally {
    await removeDraft(draft);
  }
}

/** Removes what first starts left behind that were killed or slower. Only for the owner of the directory. */
export async function removeDrafts(directory: DataDirectory): Promise<void> {
  const prefixes = [`${basename(directory.cluster)}-`, `${basename(directory.password)}.`];
  for (const name of await readdir(directory.path)) {
    if (prefixes.some(prefix => name.startsWith(prefix))) await removeDraft(join(directory.path, name));
  }
}

/**
 * An initdb may still be writing into it. The rest of a draft does not prevent a start, and is removed at the next
 * start.
 */
async function removeDraft(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 3 }).catch(() => {});
}

async function initialise(cluster: string, passwordFile: string, binaries: Binaries, account: Account): Promise<void> {
  const password = await open(passwordFile, 'r');
  try {
    const child = spawn(
      binaries.initdb,
      [
        ...['-D', dataDirectoryArgument(cluster), '-U', superuser, '--pwfile=/dev/stdin'],
        ...['--auth-local=scram-sha-256', '--auth-host=reject', '--encoding=UTF8', '--no-instructions'],
        // Sorting by code point, the same on every machine and after every upgrade of its libraries.
        ...['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
      ],
      { cwd: cluster, env: {}, ...under(account), stdio: [password.fd, 'ignore', 'pipe'] },
    );
    let complaint = '';
    child.stderr?.setEncoding('utf8').on('data', text => {
      complaint += text;
    });
    const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
    if (code !== 0) throw new Error(complaint.trim() || `initdb exited with code ${code}`);
  } catch (error) {
    throw new StoreError(
      'server_failed',
      `PostgreSQL could not create its data in ${cluster}: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
  } finally {
    await password.close();
  }
}

async function requireVersion(cluster: string, version: string): Promise<void> {
  const text = await readFile(join(cluster, 'PG_VERSION'), 'utf8').catch(error => {
    throw noCluster(cluster, error);
  });
  const found = text.trim();
  const [major] = version.split('.');
  if (found === major) return;
  throw new StoreError(
    'directory_unusable',
    `${cluster} holds data of PostgreSQL ${found}, and this Portcullis brings version ${major}. ` +
      'Dump it with the Portcullis that made it (portcullis db dump), then restore it into a new --data-dir.',
  );
}

function noCluster(cluster: string, cause: Error): StoreError {
  return new StoreError(
    'directory_unusable',
    `There is no database in ${cluster}, and none can be put there: ${cause.message}. Put back what was there, or name another directory with --data-dir.`,
    { cause },
  );
}
