import { setTimeout as delay } from 'node:timers/promises';
import pg, { type Client } from 'pg';
import { StoreError } from '../domain/store-error.ts';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { superuser } from './cluster.ts';
import type { DataDirectory } from './data-directory.ts';
import { ownerName, takeOwnership } from './ownership.ts';
import { disarmStaleLocks, endedByLock, type Launch, launch, readServerPid, stopServer } from './postmaster.ts';
import type { Presence } from './presence.ts';
import { digestSetting, settingsDigest } from './settings.ts';

/** Everything that is known of a server before it runs. */
export interface ServerParts {
  readonly directory: DataDirectory;
  readonly account: Account;
  readonly binaries: Binaries;
  /** Directory of the socket, as clients name it. */
  readonly host: string;
  readonly password: string;
  readonly presence: Presence;
  readonly log: { info(message: string): void; warn(message: string): void };
}

/** A server that accepts connections and is ours. */
export interface OpenServer {
  readonly pid: number;
  /** True when it was running already: a Portcullis that was killed left it behind. */
  readonly adopted: boolean;
  /** The session that holds the ownership of the directory. */
  readonly session: Client;
}

/** Recovery after a crash replays at most the write-ahead log that `max_wal_size` allows; the rest takes a moment. */
const openMsMax = 120_000;

/** Codes of a socket behind which no server runs. */
const absent = new Set(['ENOENT', 'ECONNREFUSED']);
/** Codes of a server that starts, stops or recovers: ask again. */
const passing = new Set(['ECONNRESET', 'EPIPE', '57P01', '57P02', '57P03', '53300']);
/** The same cut of a session, in the words of the client: during a query, or between two of them. */
const cut = /^(?:Connection terminated|Client has encountered a connection error)/;

/**
 * Connects to the server of the place, starting it if it does not run, and takes the ownership of the directory.
 * Throws StoreError `directory_in_use` or `server_failed`, or the reason of `signal`.
 */
export async function openServer(place: ServerParts, signal?: AbortSignal): Promise<OpenServer> {
  const deadline = performance.now() + openMsMax;
  let launched: Launch | undefined;
  try {
    while (performance.now() < deadline) {
      signal?.throwIfAborted();
      const attempt = await tryToOpen(place);
      if (typeof attempt === 'object') return { ...attempt, adopted: attempt.pid !== launched?.pid };
      if (attempt === 'absent') launched = await relaunch(place, launched);
      await delay(10);
    }
    throw new StoreError(
      'server_failed',
      `PostgreSQL was not ready after ${openMsMax / 1000} seconds. Its log is ${place.directory.log}.`,
    );
  } catch (error) {
    // Another process has the directory. It works with the server, even if we started it.
    const inUse = error instanceof StoreError && error.code === 'directory_in_use';
    if (!inUse && launched && (await launched.ended()) === undefined) await stopServer(launched.pid);
    throw error;
  }
}

type Attempt = { pid: number; session: Client } | 'absent' | 'busy';

async function tryToOpen(place: ServerParts): Promise<Attempt> {
  const session = newSession(place);
  const attempt = await connectAndOwn(session, place).catch(error => judge(error, place));
  if (typeof attempt === 'string' || attempt instanceof StoreError) await session.end();
  if (attempt instanceof StoreError) throw attempt;
  return attempt;
}

async function connectAndOwn(session: Client, place: ServerParts): Promise<Attempt> {
  const { cluster, path } = place.directory;
  await session.connect();
  await takeOwnership(session, path, place.presence);
  const pid = await readServerPid(cluster);
  if (pid === undefined) return 'busy';
  if (await startedAsNow(session, place)) return { pid, session };
  place.log.info('restarting the embedded PostgreSQL that another version of Portcullis left behind');
  await stopServer(pid);
  return 'absent';
}

/** What an error of connecting means: no server, one that needs a moment, or one that will not have us. */
function judge(error: Error & { code?: string }, place: ServerParts): Attempt | StoreError {
  if (error instanceof StoreError) return error;
  if (absent.has(error.code ?? '')) return 'absent';
  if (passing.has(error.code ?? '') || cut.test(error.message)) return 'busy';
  const { path, password } = place.directory;
  const todo = error.code === '28P01' ? ` Put back the ${password} that belongs to it.` : '';
  return new StoreError('server_failed', `The PostgreSQL in ${path} answers: ${error.message}.${todo}`, {
    cause: error,
  });
}

function newSession({ host, password }: ServerParts): Client {
  const session = new pg.Client({
    host,
    port: 5432,
    user: superuser,
    password,
    database: 'postgres',
    application_name: ownerName(),
    connectionTimeoutMillis: 10_000,
  });
  // Losing the session shows in its end and in the next query; the event must only not go unheard.
  session.on('error', () => {});
  return session;
}

async function startedAsNow(session: Client, place: ServerParts): Promise<boolean> {
  const { rows } = await session.query<{ digest: string | null }>('SELECT current_setting($1, true) AS digest', [
    digestSetting,
  ]);
  return rows[0]?.digest === settingsDigest(place.binaries.version);
}

/** Starts a server unless the one that was started is still on its way. */
async function relaunch(place: ServerParts, previous: Launch | undefined): Promise<Launch> {
  const printed = await previous?.ended();
  if (previous && printed === undefined) return previous;
  if (printed !== undefined && !endedByLock(printed)) {
    throw new StoreError('server_failed', `PostgreSQL did not start in ${place.directory.path}:\n${printed.trim()}`);
  }
  if (previous) await delay(100);
  await disarmStaleLocks(place.directory.cluster);
  return launch(place.directory, place.binaries, place.account);
}
