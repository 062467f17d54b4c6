import { StoreError } from '../domain/store-error.ts';
import { secondMs } from '../domain/units.ts';
import { assertDurable } from '../store/assert-durable.ts';
import type { Database } from '../store/database.ts';
import { rolesPastRowSecurity, serverTimeMs, serverVersion, tenantTables } from '../store/doctor/server.ts';
import { pendingMigrations } from '../store/migrate.ts';
import type { Schema } from '../store/schema.ts';
import { type Finding, fail, look, ok, warn } from './finding.ts';

const migrations = new URL('../store/migrations/', import.meta.url);

/** What to do about a server that nobody gets through to. */
export const unreached =
  'Check DATABASE_URL, or PORTCULLIS_DATA_DIR without one: is the server up, and are name and password right?';

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
    return ok('database', `PostgreSQL ${await serverVersion(database)}, keeps what it commits`);
  });
  if (server.some(({ state }) => state === 'fail')) return server;
  const schema = await lookAtSchema(database);
  const rest = schema.some(({ state }) => state !== 'ok')
    ? []
    : [...(await lookAtRoles(database)), ...(await lookAtRowSecurity(database))];
  return [...server, ...schema, ...rest, ...(await lookAtClock(database, nowMs))];
}

function lookAtSchema(database: Database<Schema>): Promise<Finding[]> {
  return look(
    'migrations',
    'Run the version of Portcullis that the database of DATABASE_URL was used with last.',
    async () => {
      const pending = await database.asOwner(client => pendingMigrations(client, migrations));
      if (pending.length === 0) return ok('migrations', 'all applied');
      return warn('migrations', `${pending.length} not applied yet`, 'The next portcullis serve applies them.');
    },
  );
}

/** Neither role may pass row-level security, and so none may own a table (rule 4). */
function lookAtRoles(database: Database<Schema>): Promise<Finding[]> {
  const todo = 'ALTER ROLE … NOSUPERUSER NOBYPASSRLS, and give its tables to the login of DATABASE_URL.';
  return look('roles', todo, async () => {
    const names = await rolesPastRowSecurity(database);
    if (names.length === 0) return ok('roles', 'no more rights than they need');
    return fail('roles', `${names.join(', ')} can pass row-level security`, todo);
  });
}

function lookAtRowSecurity(database: Database<Schema>): Promise<Finding[]> {
  const todo = 'ALTER TABLE … ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY.';
  return look('row security', todo, async () => {
    const tables = await tenantTables(database);
    const open = tables.filter(({ forced }) => !forced).map(({ name }) => name);
    if (open.length === 0) return ok('row security', `forced on ${tables.length} tables`);
    return fail('row security', `not forced on ${open.join(', ')}`, todo);
  });
}

/** Leases and expiries go by the database's clock, entries of the log by ours (rule 24). */
function lookAtClock(database: Database<Schema>, nowMs: () => number): Promise<Finding[]> {
  return look('clock', 'Check DATABASE_URL: the server was asked for its time.', async () => {
    const beforeMs = nowMs();
    const thereMs = await serverTimeMs(database);
    const skewMs = Math.abs(thereMs - (beforeMs + nowMs()) / 2);
    return judgeSkew('clock', 'the database', skewMs);
  });
}

export function judgeSkew(about: string, against: string, skewMs: number): Finding {
  const seconds = (skewMs / secondMs).toFixed(1);
  if (skewMs <= skewMsMax) return ok(about, `agrees with ${against}`);
  return warn(about, `${seconds} s off ${against}`, 'Keep both machines in time with NTP: timedatectl set-ntp true.');
}
