import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { type FileHandle, open, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { StoreError } from '../domain/store-error.ts';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { dataDirectoryArgument, under } from './cluster.ts';
import type { DataDirectory } from './data-directory.ts';
import { isLivePostgres } from './process-state.ts';
import { serverArguments } from './settings.ts';

/** PostgreSQL's own lock files, each beginning with the process id of the server. */
const lockFiles = ['postmaster.pid', '.s.PGSQL.5432.lock'];

/** PostgreSQL prints a few lines per start and per failed statement; one old file of this size is kept. */
const logBytesMax = 1024 * 1024;

/** Between making a lock file and writing into it a server needs microseconds; in one as old as this it died. */
const emptyLockMsMax = 1_000;

/** How long a server may take to write its buffers when it is asked to stop. */
const stopMsMax = 30_000;

/** A server that was asked to run. It may end at any time, for example because another one already has the directory. */
export interface Launch {
  readonly pid: number;
  /** The server's output, once it has ended; undefined while it runs. */
  ended(): Promise<string | undefined>;
}

/**
 * Starts the server of a directory, in a session of its own. A Ctrl-C in the terminal must not end it before the last
 * entries are written. It must also survive our process, so that a killed Portcullis loses nothing.
 */
export async function launch(directory: DataDirectory, binaries: Binaries, account: Account): Promise<Launch> {
  const log = await openLog(directory.log);
  try {
    if (account.borrowed) await log.chown(account.uid, account.gid);
    const { size: offset } = await log.stat();
    const child = spawn(
      binaries.postgres,
      ['-D', dataDirectoryArgument(directory.cluster), ...serverArguments(binaries.version)],
      { cwd: directory.cluster, env: {}, ...under(account), detached: true, stdio: ['ignore', log.fd, log.fd] },
    );
    const pid = await spawned(child);
    child.unref();
    const printed = async () => (await readFile(directory.log)).subarray(offset).toString();
    return { pid, ended: async () => (hasEnded(child) ? printed() : undefined) };
  } finally {
    await log.close();
  }
}

/**
 * Opens the log at its end. If several starts happen at once, one of them first renames a log that has grown too large.
 */
export async function openLog(path: string): Promise<FileHandle> {
  const { O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW } = constants;
  try {
    const found = await stat(path).catch(nullIfMissing);
    if (found !== null && found.size > logBytesMax) await rename(path, `${path}.old`).catch(nullIfMissing);
    return await open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0o600);
  } catch (error) {
    throw new StoreError(
      'directory_unusable',
      `PostgreSQL cannot write its log to ${path}: ${(error as Error).message}. Put that right, or name another directory with --data-dir.`,
      { cause: error },
    );
  }
}

function nullIfMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function spawned(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('spawn', () => resolve(child.pid as number));
    child.once('error', error =>
      reject(new StoreError('server_failed', `PostgreSQL could not be started: ${error.message}.`, { cause: error })),
    );
  });
}

/** Whether a server ended because of the lock file of another one: living, dead, or just about to write into it. */
export function endedByLock(printed: string): boolean {
  return /lock file ".*" (already exists|is empty)|pre-existing shared memory block/.test(printed);
}

/** What the lock file of a cluster says about its server. */
export interface LockFile {
  readonly pid: number;
  /** PostgreSQL's own word: starting, ready, standby or stopping. */
  readonly status: string;
}

/** Reads the lock file. A server that stops removes it last; one that crashed leaves it. */
export async function readLockFile(cluster: string): Promise<LockFile | undefined> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '');
  const [pid = '', , , , , , , status = ''] = text.split('\n');
  return Number.parseInt(pid, 10) > 0 ? { pid: Number.parseInt(pid, 10), status: status.trim() } : undefined;
}

/** The process id of the server of a cluster, if it runs or has crashed. */
export async function readServerPid(cluster: string): Promise<number | undefined> {
  return (await readLockFile(cluster))?.pid;
}

/**
 * Makes stale lock files harmless. Such a file names a process that is no longer a server: a zombie, or a new process
 * with a recycled id, as in restarted containers. Or it names none, because a server died before it wrote its id.
 * PostgreSQL refuses to start beside any live id except its parent's, so the files get our id. Deleting them would also
 * switch off its check for surviving backends.
 */
export async function disarmStaleLocks(cluster: string): Promise<void> {
  for (const name of lockFiles) {
    const path = join(cluster, name);
    const text = await readFile(path, 'utf8').catch(() => null);
    if (text === null || !(await isStale(path, text))) continue;
    await writeFile(path, text.replace(/^\d*/, String(process.pid)));
  }
}

async function isStale(path: string, text: string): Promise<boolean> {
  if (text === '') return Date.now() - (await stat(path)).mtimeMs > emptyLockMsMax;
  const pid = Number.parseInt(text, 10);
  return pid > 0 && pid !== process.pid && !(await isLivePostgres(pid));
}

/**
 * Stops a running server: sessions are ended, everything is on disk. After half a minute it is ended at once, which costs a
 * recovery at the next start but no data.
 */
export async function stopServer(pid: number): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    if (await isLivePostgres(pid)) kill(pid, signal);
    const deadline = performance.now() + stopMsMax;
    while (performance.now() < deadline) {
      if (!(await isLivePostgres(pid))) return;
      await delay(2);
    }
  }
  throw new StoreError('server_failed', `PostgreSQL (process ${pid}) does not stop.`);
}

function kill(pid: number, signal: 'SIGINT' | 'SIGQUIT'): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
