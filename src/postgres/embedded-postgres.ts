import type { Client } from 'pg';
import { chooseAccount } from './account.ts';
import { prepareBinaries } from './binaries.ts';
import { ensureCluster, removeDrafts, superuser } from './cluster.ts';
import { layOut, prepareDataDirectory, readPassword } from './data-directory.ts';
import { type KeptServer, keepServer } from './keep-server.ts';
import { openServer, type ServerParts } from './open-server.ts';
import { ownerName } from './ownership.ts';
import { createPresence } from './presence.ts';
import { openSocketDirectory } from './socket-directory.ts';

/**
 * The settings with which `pg` connects to the embedded server from this process. `host` is the directory of its Unix
 * socket.
 */
export interface EmbeddedConnection {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

export interface EmbeddedPostgres {
  /** The login of Portcullis: owns the database, may create roles, is no superuser. */
  readonly connection: EmbeddedConnection;
  /** The superuser, for code that has to create databases. */
  readonly superuser: EmbeddedConnection;
  /** Process id of the server. Changes when the server crashes and is started again. */
  readonly pid: number;
  /** True when the server was running already: a Portcullis that was killed left it behind. */
  readonly adopted: boolean;
  /** Ends all sessions, writes everything to disk and ends the server. A second call waits for the same stop. */
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** A directory for the server alone. Created if it is missing; made private (0700). */
  readonly dataDir: string;
  readonly log: ServerParts['log'];
}

/** The login and the database that Portcullis works with. */
export const login = 'portcullis';

/**
 * Starts the PostgreSQL that comes with Portcullis, or takes over the one that a killed Portcullis left running. It
 * listens on a Unix socket inside `dataDir` and on no port, with fsync on. A server that crashes is started again; one
 * that another process stops stays down. The server outlives a killed process; `stop()` ends it. Throws StoreError with
 * a message for the person at the terminal.
 */
export async function startEmbeddedPostgres({ dataDir, log }: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const directory = layOut(dataDir);
  const account = await chooseAccount(directory.cluster);
  const binaries = await prepareBinaries(account);
  await prepareDataDirectory(directory, account);
  await ensureCluster(directory, binaries, account);
  const socket = await openSocketDirectory(directory.cluster);
  const presence = createPresence(socket.host, ownerName());
  let kept: KeptServer | undefined;
  const release = async () => {
    await kept?.stop();
    await presence.release();
    await socket.close();
  };
  try {
    const password = await readPassword(directory);
    const place: ServerParts = { directory, account, binaries, host: socket.host, password, presence, log };
    const server = await openServer(place);
    kept = keepServer(place, server);
    await removeDrafts(directory);
    await ensureLogin(server.session, password);
    return present(place, kept, release);
  } catch (error) {
    await release();
    throw error;
  }
}

/** Made here and not by initdb: a login that is no superuser cannot pass row-level security by mistake. */
async function ensureLogin(session: Client, password: string): Promise<void> {
  const { rows } = await session.query<{ role: boolean; database: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS role,
            EXISTS (SELECT FROM pg_database WHERE datname = $1) AS database`,
    [login],
  );
  const [found] = rows;
  if (!found?.role) {
    await session.query(`CREATE ROLE ${login} LOGIN CREATEROLE PASSWORD ${session.escapeLiteral(password)}`);
  }
  if (!found?.database) await session.query(`CREATE DATABASE ${login} OWNER ${login}`);
}

function present(place: ServerParts, kept: KeptServer, release: () => Promise<void>): EmbeddedPostgres {
  const common = { host: place.host, port: 5432, password: place.password };
  let stopped: Promise<void> | undefined;
  return {
    connection: { ...common, user: login, database: login },
    superuser: { ...common, user: superuser, database: 'postgres' },
    adopted: kept.adopted,
    get pid() {
      return kept.pid();
    },
    stop: () => {
      stopped ??= release();
      return stopped;
    },
  };
}
