import { readFile, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { StoreError } from '../domain/store-error.ts';

/** The operating-system account that PostgreSQL runs under. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
  /** True if Portcullis is root and the server therefore runs as another account: PostgreSQL refuses to run as root. */
  readonly borrowed: boolean;
}

/**
 * Tried in this order when root starts a new cluster: an account of our own if the machine has one, otherwise `nobody`.
 */
const unprivilegedNames = ['portcullis', 'nobody'];

/**
 * Chooses the account for the cluster at `clusterDir`, which need not exist yet.
 * An existing cluster keeps the account that owns it.
 * Throws StoreError `account_unusable` or `directory_unusable`.
 */
export async function chooseAccount(clusterDir: string): Promise<Account> {
  const self = { uid: process.getuid?.() ?? -1, gid: process.getgid?.() ?? -1 };
  const owner = await ownerOf(clusterDir);
  if (self.uid === 0) return borrowAccount(owner);
  if (owner !== undefined && owner !== self.uid) {
    throw new StoreError(
      'directory_unusable',
      `The database in ${clusterDir} belongs to user id ${owner}, and Portcullis runs as user id ${self.uid}. ` +
        'Start Portcullis as the user who started it first, or name another directory with --data-dir.',
    );
  }
  requireNamedUser(self.uid);
  return { ...self, borrowed: false };
}

async function borrowAccount(owner: number | undefined): Promise<Account> {
  if (process.platform !== 'linux') {
    // Only Linux has /proc/self/cwd, without which another account cannot reach a directory below root's own.
    throw new StoreError(
      'account_unusable',
      'The embedded PostgreSQL does not run for root on this system. Start Portcullis as a normal user, or set DATABASE_URL.',
    );
  }
  const entries = readPasswd(await readFile('/etc/passwd', 'utf8'));
  const entry = owner
    ? entries.find(candidate => candidate.uid === owner)
    : unprivilegedNames.map(name => entries.find(candidate => candidate.name === name)).find(found => found?.uid);
  if (entry) return { uid: entry.uid, gid: entry.gid, borrowed: true };
  throw new StoreError(
    'account_unusable',
    `PostgreSQL does not run as root, and /etc/passwd has no ${owner ? `user id ${owner}, who owns the database` : `account named ${unprivilegedNames.join(' or ')}`}. ` +
      'Add it, start Portcullis as a normal user, or set DATABASE_URL.',
  );
}

/** The fields of passwd(5) that matter here. */
export function readPasswd(text: string): { name: string; uid: number; gid: number }[] {
  return text.split('\n').flatMap(line => {
    const [name, , uid, gid] = line.split(':');
    return name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });
}

async function ownerOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).uid;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new StoreError(
      'directory_unusable',
      `Cannot look into ${path}: ${(error as Error).message}. Start Portcullis as the user who started it first, or name another directory with --data-dir.`,
      {
        cause: error,
      },
    );
  }
}

/** initdb asks the system for its user's name and fails without one; containers often run under a bare number. */
function requireNamedUser(uid: number): void {
  try {
    userInfo();
  } catch (error) {
    throw new StoreError(
      'account_unusable',
      `User id ${uid} has no entry in /etc/passwd, and PostgreSQL does not start without one. ` +
        'Add an entry, start Portcullis as a named user, or set DATABASE_URL.',
      { cause: error },
    );
  }
}
