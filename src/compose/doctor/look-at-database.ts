import { sql } from 'kysely';
import { secondMs } from '../../domain/units.ts';
import { assertDurable } from '../../store/assert-durable.ts';
import type { Database } from '../../store/database.ts';
import { pendingMigrations } from '../../store/migrate.ts';
import type { Schema } from '../../store/schema.ts';
import { StoreError } from '../../store/store-error.ts';
import { type Finding, fail, look, ok, warn } from './finding.ts';

const migrations = new URL('../../store/migrations/', import.meta.url);

/** What to do about a server that nobody gets through to. */
export const unreached =
  'Check DATABASE_URL, or the data directory: is the server up, and are name and password right?';

/** How far a clock may be off before somebody should know. */
const skewMsMax = 5 * secondMs;

/** The server, the schema, the rights of our roles, and the clock. */
export async function lookAtDatabase(database: Database<Schema>, nowMs: () => number): Promise<Finding[]> {
  const server = await look('database', unreached, async () => {
    try {
      await assertDurable(database);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      return fail('database', error.message, 'Change the server, or name another one in DATABASE_URL.');
    }
    const version = await database.asOwner(async client => (await client.query('SHOW server_version')).rows[0]);
    return ok('database', `PostgreSQL ${version?.server_version}, keeps what it commits`);
  });
  if (server.some(({ state }) => state === 'fail')) return server;
  const schema = await lookAtSchema(database);
  const rest = schema.some(({ state }) => state !== 'ok')
    ? []
    : [...(await lookAtRoles(database)), ...(await lookAtRowSecurity(database))];
  return [...server, ...schema, ...rest, ...(await lookAtClock(database, nowMs))];
}

function lookAtSchema(database: Database<Schema>): Promise<Finding[]> {
  return look('migrations', 'Run the version of Portcullis that this database was used with last.', async () => {
    const pending = await database.asOwner(client => pendingMigrations(client, migrations));
    if (pending.length === 0) return ok('migrations', 'all applied');
    return warn('migrations', `${pending.length} not applied yet`, 'The next start of the gateway applies them.');
  });
}

/** Neither role may pass row-level security, and so none may own a table (rule 4). */
function lookAtRoles(database: Database<Schema>): Promise<Finding[]> {
  const todo = 'ALTER ROLE … NOSUPERUSER NOBYPASSRLS, and give its tables to the login of DATABASE_URL.';
  return look('roles', todo, async () => {
    const { rows } = await sql<{ name: string }>`
      SELECT r.rolname AS name FROM pg_roles r
       WHERE r.rolname IN ('portcullis_app', 'portcullis_system')
         AND (r.rolsuper OR r.rolbypassrls OR EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid))`.execute(
      database.system,
    );
    if (rows.length === 0) return ok('roles', 'no more rights than they need');
    return fail('roles', `${rows.map(({ name }) => name).join(', ')} can pass row-level security`, todo);
  });
}

function lookAtRowSecurity(database: Database<Schema>): Promise<Finding[]> {
  const todo = 'ALTER TABLE … ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY.';
  return look('row security', todo, async () => {
    const { rows } = await sql<{ name: string; forced: boolean }>`
      SELECT c.relname AS name, c.relrowsecurity AND c.relforcerowsecurity AS forced
        FROM pg_class c
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
         AND (c.relname = 'workspace' OR EXISTS (
           SELECT FROM pg_attribute a
            WHERE a.attrelid = c.oid AND a.attname = 'workspace_id' AND NOT a.attisdropped))
       ORDER BY 1`.execute(database.system);
    const open = rows.filter(({ forced }) => !forced).map(({ name }) => name);
    if (open.length === 0) return ok('row security', `forced on ${rows.length} tables`);
    return fail('row security', `not forced on ${open.join(', ')}`, todo);
  });
}

/** Leases and expiries go by the database's clock, entries of the log by ours (rule 24). */
function lookAtClock({ system }: Database<Schema>, nowMs: () => number): Promise<Finding[]> {
  return look('clock', 'Check the connection to the database.', async () => {
    const beforeMs = nowMs();
    const { rows } = await sql<{ ms: number }>`
      SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms`.execute(system);
    const skewMs = Math.abs((rows[0]?.ms ?? 0) - (beforeMs + nowMs()) / 2);
    return judgeSkew('clock', 'the database', skewMs);
  });
}

export function judgeSkew(about: string, against: string, skewMs: number): Finding {
  const seconds = (skewMs / secondMs).toFixed(1);
  if (skewMs <= skewMsMax) return ok(about, `agrees with ${against}`);
  return warn(about, `${seconds} s off ${against}`, 'Keep both machines in time with NTP.');
}
