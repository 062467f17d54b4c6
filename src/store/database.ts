import { Socket } from 'node:net';
import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import pg, { type ClientBase, type ClientConfig, type Pool } from 'pg';
import { StoreError } from '../domain/store-error.ts';
import { type DatabaseConnection, type Login, type Logins, loginsOf } from './logins/logins.ts';
import { refusingUnstorable } from './refusing-unstorable.ts';

/** The schema for everything of Portcullis. Some hosted databases serve the tables of `public` to the world. */
export const schemaName = 'portcullis';

/**
 * The database, as each of the three logins of Portcullis sees it. A session has only the rights that its part needs,
 * and cannot take those of another part.
 */
export interface Database<Schema> {
  /**
   * Login `app`, restricted by row-level security to one workspace: runs `work` in a transaction that sees the rows
   * of that workspace alone. Commits what `work` did, or rolls all of it back if it throws.
   */
  inWorkspace<T>(workspaceId: string, work: (tx: Transaction<Schema>) => Promise<T>): Promise<T>;
  /** Login `app` without a workspace: may insert where policies allow it, and sees no workspace's rows. */
  readonly app: Kysely<Schema>;
  /** Login `system`, for work across workspaces: key look-up, sweeper, sequencer, sinks. */
  readonly system: Kysely<Schema>;
  /** How `app` and `system` sign in. */
  readonly logins: Logins;
  /** The login `system` on a connection of its own, without time limits: for dumps. */
  asSystem<T>(work: (client: pg.Client) => Promise<T>): Promise<T>;
  /** The login that owns the schema: a connection of its own for migrations and checks, without time limits. */
  asOwner<T>(work: (client: pg.Client) => Promise<T>): Promise<T>;
  /** Waits for running queries, then closes all connections. */
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** Connections of each of the two pools. */
  readonly poolSize?: number;
  /** The longest that a statement may take. */
  readonly statementMsMax?: number;
  /**
   * Plan each named statement once a connection, instead of again and again for its values. For few statements that run all
   * the time: their planning takes longer than they do.
   */
  readonly planOnce?: boolean;
  /** Called when a connection breaks between two statements. The pool replaces it by itself. */
  readonly onConnectionError?: (error: Error) => void;
}

/**
 * Prepares connections to a PostgreSQL server. Connects only when the first query is made. Throws StoreError `login_refused`
 * if the connection has no password to derive those of the two logins from.
 */
export function openDatabase<Schema>(connection: DatabaseConnection, options: DatabaseOptions = {}): Database<Schema> {
  const logins = loginsOf(connection);
  const queriesOf = (login: Login) =>
    new Kysely<Schema>({ dialect: new PostgresDialect({ pool: refusingUnstorable(openPool(login, options)) }) });
  const [appQueries, systemQueries] = [queriesOf(logins.app), queriesOf(logins.system)];
  return {
    app: appQueries,
    system: systemQueries,
    logins,
    inWorkspace: (workspaceId, work) =>
      appQueries.transaction().execute(async tx => {
        // SET LOCAL takes no parameters; set_config with `true` does the same.
        await sql`SELECT set_config('portcullis.workspace', ${workspaceId}, true)`.execute(tx);
        return work(tx);
      }),
    asSystem: work => inSession(logins.system.connection, logins.system.name, work),
    asOwner: work => inSession(connection, 'portcullis_owner', work),
    close: async () => {
      await Promise.all([appQueries.destroy(), systemQueries.destroy()]);
    },
  };
}

/** Opens the connections of one login. Most parts use `openDatabase`; the audit log has a connection to itself. */
export function openPool(login: Login, options: DatabaseOptions): Pool {
  const { poolSize = 8, statementMsMax = 10_000, planOnce = false, onConnectionError = () => {} } = options;
  const settings = {
    search_path: searchPath,
    statement_timeout: `${statementMsMax}ms`,
    lock_timeout: `${statementMsMax / 2}ms`,
    idle_in_transaction_session_timeout: `${statementMsMax}ms`,
    ...(planOnce && { plan_cache_mode: 'force_generic_plan' }),
  };
  const pool = new pg.Pool({
    application_name: login.name,
    ...login.connection,
    types: numbers,
    max: poolSize,
    onConnect: client => prepareSession(client, login.name, settings),
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: statementMsMax,
    keepAlive: true,
    // The server enforces the limits above; a server that hangs, or a lost network, cannot.
    stream: () => endWhenSilent(statementMsMax * 1.5),
  });
  // An error event without a listener ends the process. The pool listens to its connections only while they are idle,
  // but a connection may also break between two statements of a transaction. So each connection gets a listener that
  // stays.
  pool.on('connect', client => client.on('error', onConnectionError));
  pool.on('error', () => {});
  return pool;
}

/** Temporary tables come last, so that they cannot hide one of our tables. */
const searchPath = `${schemaName}, pg_temp`;

/**
 * Sets what a session needs. It is asked for in a query: PgBouncer refuses or drops parameters that come with the connection.
 * A pooler, or a setting of the role, may also make another role of it, or give up durable commits: then it is not used.
 */
async function prepareSession(client: ClientBase, role: string, settings: Readonly<Record<string, string>>) {
  const { rows } = await client.query<{ role: string; commits: string }>(
    `SELECT current_user AS role, current_setting('synchronous_commit') AS commits, count(set_config(name, value, false))
       FROM unnest($1::text[], $2::text[]) AS setting (name, value)`,
    [Object.keys(settings), Object.values(settings)],
  );
  const [found] = rows;
  if (found?.role !== role) {
    throw new StoreError(
      'server_refused',
      `A session that signed in as ${role} works as ${found?.role}. A connection pooler before the server signs all clients in as one user ` +
        '(in PgBouncer: "user=" in [databases]), or the address of the database names a role: take that away.',
    );
  }
  if (found.commits === 'off') {
    throw new StoreError(
      'server_refused',
      `Sessions of ${role} run with synchronous_commit = off: after a power cut, entries of the audit log could be lost that were already answered for. ` +
        'Turn it on for this role.',
    );
  }
}

/**
 * bigint columns count revisions and generations, far below 2^53: they are read as numbers. All other types are read as
 * usual.
 */
const numbers: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === pg.types.builtins.INT8
      ? Number
      : pg.types.getTypeParser(oid, format ?? 'text')) as typeof pg.types.getTypeParser,
};

/**
 * A socket that ends if no data passes for this long. If we only gave up on a query and kept the connection, the next
 * caller could get it with a transaction still open. Ending the socket prevents that.
 */
function endWhenSilent(ms: number): Socket {
  const socket = new Socket();
  socket.setTimeout(ms, () => socket.destroy(new Error(`The database has not answered for ${ms / 1000} seconds.`)));
  return socket;
}

async function inSession<T>(
  connection: ClientConfig,
  name: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    application_name: name,
    ...connection,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  });
  // If a connection breaks, the next query fails; the event adds nothing to that.
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query("SELECT set_config('search_path', $1, false)", [searchPath]);
    return await work(client);
  } finally {
    await client.end();
  }
}
