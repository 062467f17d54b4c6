import { Socket } from 'node:net';
import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import pg, { type ClientBase, type ClientConfig, type Pool } from 'pg';
import { StoreError } from '../domain/store-error.ts';
import { refusingUnstorable } from './refusing-unstorable.ts';

/**
 * The database, seen by each of the three roles that Portcullis plays in it. All sign in with the same login and step down
 * when they connect, so a session has no more rights than its part needs.
 */
export interface Database<Schema> {
  /**
   * Role `portcullis_app`, restricted by row-level security to one workspace: runs `work` in a transaction that sees the rows
   * of that workspace alone. Commits what `work` did, or rolls all of it back if it throws.
   */
  inWorkspace<T>(workspaceId: string, work: (tx: Transaction<Schema>) => Promise<T>): Promise<T>;
  /** Role `portcullis_app` without a workspace: may insert where policies allow it, and sees no workspace's rows. */
  readonly app: Kysely<Schema>;
  /** Role `portcullis_system`, for work across workspaces: key look-up, sweeper, sequencer, sinks. */
  readonly system: Kysely<Schema>;
  /** The login itself, which owns the schema: a connection of its own for migrations and checks, without time limits. */
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
  /** Hears of connections that broke between two statements. The pool replaces them by itself. */
  readonly onConnectionError?: (error: Error) => void;
}

/** Prepares connections to a PostgreSQL server. Connects only when the first query is made, so it never fails. */
export function openDatabase<Schema>(connection: ClientConfig, options: DatabaseOptions = {}): Database<Schema> {
  const app = openPool(connection, 'portcullis_app', options);
  const system = openPool(connection, 'portcullis_system', options);
  const appQueries = new Kysely<Schema>({ dialect: new PostgresDialect({ pool: refusingUnstorable(app) }) });
  const systemQueries = new Kysely<Schema>({ dialect: new PostgresDialect({ pool: refusingUnstorable(system) }) });
  return {
    app: appQueries,
    system: systemQueries,
    inWorkspace: (workspaceId, work) =>
      appQueries.transaction().execute(async tx => {
        // SET LOCAL takes no parameters; set_config with `true` is the same.
        await sql`SELECT set_config('portcullis.workspace', ${workspaceId}, true)`.execute(tx);
        return work(tx);
      }),
    asOwner: work => asOwner(connection, work),
    close: async () => {
      await Promise.all([appQueries.destroy(), systemQueries.destroy()]);
    },
  };
}

/** Opens the connections of one role. Most parts use `openDatabase`; the audit log has a connection to itself. */
export function openPool(connection: ClientConfig, role: string, options: DatabaseOptions): Pool {
  const { poolSize = 8, statementMsMax = 10_000, planOnce = false, onConnectionError = () => {} } = options;
  const pool = new pg.Pool({
    ...inRole(connection, role, planOnce ? ['plan_cache_mode=force_generic_plan'] : []),
    application_name: role,
    types: numbers,
    max: poolSize,
    onConnect: client => assertRole(client, role),
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: statementMsMax,
    statement_timeout: statementMsMax,
    lock_timeout: statementMsMax / 2,
    idle_in_transaction_session_timeout: statementMsMax,
    keepAlive: true,
    // The server enforces the limits above; a server that hangs, or a lost network, cannot.
    stream: () => endWhenSilent(statementMsMax * 1.5),
  });
  // An error that nobody listens to ends the process. The pool listens to its connections only while they are idle, and a
  // connection may also break between two statements of a transaction: so each gets a listener that stays.
  pool.on('connect', client => client.on('error', onConnectionError));
  pool.on('error', () => {});
  return pool;
}

/** A connection pooler may drop what a session asks for when it connects: it would then work with all rights of the owner. */
async function assertRole(client: ClientBase, role: string): Promise<void> {
  const { rows } = await client.query<{ role: string }>('SELECT current_user AS role');
  const found = rows[0]?.role;
  if (found === role) return;
  throw new StoreError(
    'server_refused',
    `A session that was to work as ${role} works as ${found}. A connection pooler, or the server, in DATABASE_URL dropped the parameter "options". Name the address of PostgreSQL itself.`,
  );
}

/** bigint columns count revisions and generations, far below 2^53: they are read as numbers. Everything else as ever. */
const numbers: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === pg.types.builtins.INT8
      ? Number
      : pg.types.getTypeParser(oid, format ?? 'text')) as typeof pg.types.getTypeParser,
};

/**
 * The connection, stepped down to a role. `pg` lets the parameters of a connection string outrank the options beside it, so
 * `?options=` moves out of it: nothing may outrank the role.
 */
function inRole(
  { connectionString, ...connection }: ClientConfig,
  role: string,
  settings: readonly string[],
): ClientConfig {
  const [address, query] = connectionString?.split('?') ?? [];
  const parameters = new URLSearchParams(query);
  const given = connection.options ?? parameters.get('options');
  const options = [given, ...[...settings, `role=${role}`].map(setting => `-c ${setting}`)].filter(Boolean).join(' ');
  parameters.delete('options');
  return { ...connection, options, ...(address !== undefined && { connectionString: `${address}?${parameters}` }) };
}

/**
 * A socket that ends when nothing passes for this long. Ending it, unlike giving up on a query and keeping the connection,
 * cannot hand a transaction that is still open to the next caller.
 */
function endWhenSilent(ms: number): Socket {
  const socket = new Socket();
  socket.setTimeout(ms, () => socket.destroy(new Error(`The database has not answered for ${ms / 1000} seconds.`)));
  return socket;
}

async function asOwner<T>(connection: ClientConfig, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    ...connection,
    application_name: 'portcullis_owner',
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  });
  // A connection that breaks fails the next query; the event adds nothing to that.
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
