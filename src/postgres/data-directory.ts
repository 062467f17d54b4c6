import { randomBytes } from 'node:crypto';
import { chmod, chown, link, lstat, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { makeDirectory } from '../disk/make-directory.ts';
import { StoreError } from '../domain/store-error.ts';
import type { Account } from './account.ts';

/**
 * The directory of one embedded server, mode 0700:
 *
 *     cluster/     PostgreSQL's own files and its socket, owned by the account that runs it
 *     password     the password of the two roles of the cluster
 *     server.log   the output of PostgreSQL; server.log.old has the older output
 */
export interface DataDirectory {
  readonly path: string;
  readonly cluster: string;
  readonly password: string;
  readonly log: string;
}

const ownNames = /^(cluster|password|server\.log)/;

/** The paths in the data directory. Touches nothing. */
export function layOut(dataDir: string): DataDirectory {
  const path = resolve(dataDir);
  return {
    path,
    cluster: join(path, 'cluster'),
    password: join(path, 'password'),
    log: join(path, 'server.log'),
  };
}

/** Creates the directory and its password if they are missing. Throws StoreError `directory_unusable`. */
export async function prepareDataDirectory(directory: DataDirectory, account: Account): Promise<void> {
  try {
    // Only the last directory is private: a parent with mode 0700 would surprise other programs that use it.
    await makeDirectory(dirname(directory.path));
    await makeDirectory(directory.path, 0o700);
    await refuseForeignFiles(directory.path);
    if (((await stat(directory.path)).mode & 0o777) !== 0o700) await chmod(directory.path, 0o700);
    await createPassword(directory.password, account);
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw new StoreError(
      'directory_unusable',
      `Cannot keep a database in ${directory.path}: ${(error as Error).message}. Name another directory with --data-dir.`,
      { cause: error },
    );
  }
}

/** What the roles of the cluster sign in with. Throws StoreError `directory_unusable`. */
export async function readPassword({ password }: DataDirectory): Promise<string> {
  try {
    return (await readFile(password, 'utf8')).trim();
  } catch (error) {
    throw new StoreError(
      'directory_unusable',
      `Cannot read ${password}: ${(error as Error).message}. The database beside it opens with that file alone: put it back.`,
      { cause: error },
    );
  }
}

async function refuseForeignFiles(path: string): Promise<void> {
  const foreign = (await readdir(path)).find(name => !ownNames.test(name));
  if (foreign === undefined) return;
  throw new StoreError(
    'directory_unusable',
    `${path} holds other files, such as ${foreign}; the embedded PostgreSQL keeps its data in a directory of its own. ` +
      'Name an empty or a new one with --data-dir.',
  );
}

/** Complete or not at all, and never replaced: two first starts at once must end up with the same password. */
async function createPassword(path: string, account: Account): Promise<void> {
  if (await exists(path)) return;
  const draft = `${path}.${randomBytes(4).toString('hex')}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(`${randomBytes(32).toString('base64url')}\n`);
    // initdb reads it under this account, through a descriptor that it inherits.
    if (account.borrowed) await file.chown(account.uid, account.gid);
    await file.sync();
    await link(draft, path).catch(ignoreExisting);
  } finally {
    await file.close();
    await rm(draft, { force: true });
  }
  await syncDirectory(dirname(path));
}

/** Gives a path to the account that PostgreSQL runs under, where that is not our own. */
export async function giveTo(account: Account, path: string): Promise<void> {
  if (account.borrowed) await chown(path, account.uid, account.gid);
}

/** Makes names created in or moved into a directory survive a power cut. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Whether anything is there, be it a link that leads nowhere. */
export async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
