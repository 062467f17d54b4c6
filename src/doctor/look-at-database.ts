import { StoreError } from '../domain/store-error.ts';
import { secondMs } from '../domain/units.ts';
import { assertDurable } from '../store/assert-durable.ts';
import { missingMigrations } from '../store/bring-up-to-date.ts';
import type { Database } from '../store/database.ts';
import { clockSkewMs, serverVersion, signIn } from '../store/doctor/server.ts';
import { differencesOf } from '../store/rights/differences.ts';
import type { Schema } from '../store/schema.ts';
import { type Finding, fail, look, ok, warn } from './finding.ts';

/** What to do about a server that cannot be reached. */
export const unreached =
  'Check DATABASE_URL, or PORTCULLIS_DATA_DIR without one: is the server up, and are name and password right?';

/** How far a clock may be off before an operator should know. */
const skewMsMax = 5 * secondMs;

/** The server, the schema, the rights of our logins, and the clock. */
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
    : [...(await lookAtLogins(database)), ...(await lookAtRights(database))];
  return [...server, ...schema, ...rest, ...(await lookAtClock(database, nowMs))];
}

function lookAtSchema(database: Database<Schema>): Promise<Finding[]> {
  return look(
    'migrations',
    'Run the version of Portcullis that the database of DATABASE_URL was used with last.',
    async () => {
      const pending = await missingMigrations(database);
      if (pending.length === 0) return ok('migrations', 'all applied');
      return warn(
        'migrations',
        `${pending.length} not applied yet`,
        'Run `portcullis db migrate`, or start the gateway, which does the same.',
      );
    },
  );
}

function lookAtLogins(database: Database<Schema>): Promise<Finding[]> {
  const { app, system } = database.logins;
  const todo = 'Start the gateway, or run `portcullis db migrate`: it says more.';
  return look('logins', todo, async () => {
    await signIn(database);
    return ok('logins', `${app.name} and ${system.name} sign in`);
  });
}

/** Neither login may pass row-level security, and neither has more rights than it needs (rule 4). */
function lookAtRights(database: Database<Schema>): Promise<Finding[]> {
  const todo =
    'Run `portcullis db migrate`, which puts right what the owner of the schema can. Change the rest yourself.';
  return look('rights', todo, async () => {
    const differences = await database.asOwner(owner => differencesOf(owner, database.logins));
    if (differences.length === 0) return ok('rights', 'as they must be, on every table');
    return fail('rights', differences.join('; '), todo);
  });
}

/** Leases and expiries use the database's clock, entries of the log use ours (rule 24). */
function lookAtClock(database: Database<Schema>, nowMs: () => number): Promise<Finding[]> {
  return look('clock', 'Check DATABASE_URL: the server was asked for its time.', async () => {
    return judgeSkew('clock', 'the database', await clockSkewMs(database, nowMs));
  });
}

export function judgeSkew(about: string, against: string, skewMs: number): Finding {
  const seconds = (skewMs / secondMs).toFixed(1);
  if (skewMs <= skewMsMax) return ok(about, `agrees with ${against}`);
  return warn(about, `${seconds} s off ${against}`, 'Keep both machines in time with NTP: timedatectl set-ntp true.');
}
