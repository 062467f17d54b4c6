import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ClientBase } from 'pg';
import { StoreError } from '../domain/store-error.ts';
import { schemaName } from './database.ts';

/** One file of the folder: `0003-audit-log.sql` is number 3. */
interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  /** Hex. */
  readonly sha256: string;
}

/** One row of the table `schema_migration`. */
interface AppliedMigration {
  readonly name: string;
  readonly sha256: string;
}

/** Key of the advisory lock under which one process migrates while others wait. "PCLM" in ASCII. */
const migrationLock = 0x50434c4d;

const migrationName = /^(\d{4})-[a-z0-9]+(-[a-z0-9]+)*\.sql$/;

/**
 * Brings the database to the newest schema: applies the missing files of `folder`, in order, each in a transaction of
 * its own. `client` signs in as the owner of the schema, which is first in its search path. Migrations only go forward
 * and are never edited once applied. Returns the names of those that it applied. Throws StoreError `migration_refused`
 * before any change if the folder and the database do not agree. Throws the error of a failed migration (its name in
 * front), with that migration rolled back.
 */
export async function migrate(client: ClientBase, folder: string | URL): Promise<{ applied: string[] }> {
  const migrations = await readMigrations(folder);
  return withMigrationLock(client, async () => {
    await ensureBookkeeping(client);
    const pending = comparePast(migrations, await readApplied(client));
    for (const migration of pending) await apply(client, migration);
    return { applied: pending.map(({ name }) => name) };
  });
}

/** Names of the migrations that `migrate` would apply. Changes nothing. Throws like `migrate`. */
export async function pendingMigrations(client: ClientBase, folder: string | URL): Promise<string[]> {
  const migrations = await readMigrations(folder);
  const { rows } = await client.query<{ begun: boolean }>(
    "SELECT to_regclass('schema_migration') IS NOT NULL AS begun",
  );
  const applied = rows[0]?.begun === true ? await readApplied(client) : new Map<number, AppliedMigration>();
  return comparePast(migrations, applied).map(({ name }) => name);
}

/**
 * Reads the folder, in order. Throws StoreError `migration_refused` unless each file has a number of its own. Numbers
 * may be missing: they are reserved before a migration is written, and not every one gets written.
 */
async function readMigrations(folder: string | URL): Promise<Migration[]> {
  const path = folder instanceof URL ? fileURLToPath(folder) : folder;
  const names = (await readdir(path)).filter(name => name.endsWith('.sql')).sort();
  const numbers = names.map(name => Number(migrationName.exec(name)?.[1]));
  return Promise.all(
    names.map(async (name, index) => {
      const number = numbers[index] ?? Number.NaN;
      if (Number.isNaN(number)) throw refused(`${name} is not named like 0001-what-it-does.sql.`);
      if (number === numbers[index - 1]) throw refused(`${names[index - 1]} and ${name} have the same number.`);
      const sql = await readFile(join(path, name), 'utf8');
      return { number, name, sql, sha256: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

/**
 * The migrations that are still to be applied. Throws StoreError `migration_refused` if the database has applied
 * others.
 */
function comparePast(migrations: readonly Migration[], applied: ReadonlyMap<number, AppliedMigration>): Migration[] {
  const known = new Map(migrations.map(migration => [migration.number, migration]));
  for (const [number, { name, sha256 }] of applied) {
    const migration = known.get(number);
    if (!migration) {
      throw refused(
        `The database has migration ${name}, which this Portcullis does not know. It was used by a newer version: run that one.`,
      );
    }
    if (migration.name !== name)
      throw refused(`Migration ${name} is applied, and its file is now called ${migration.name}. Rename it back.`);
    if (migration.sha256 !== sha256) {
      throw refused(
        `Migration ${name} was edited after it was applied. Restore the file, and put the change into a new migration.`,
      );
    }
  }
  const newest = Math.max(0, ...applied.keys());
  const missing = migrations.find(({ number }) => number < newest && !applied.has(number));
  if (missing)
    throw refused(
      `The database skipped migration ${missing.name}, though later ones are applied. Restore schema_migration from a backup.`,
    );
  return migrations.filter(({ number }) => !applied.has(number));
}

/** An administrator may have made the schema: to make one, a login needs CREATE on the database. */
async function ensureBookkeeping(client: ClientBase): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_namespace WHERE nspname = $1', [schemaName]);
  if (!rowCount) await client.query(`CREATE SCHEMA ${schemaName}`);
  await client.query(`CREATE TABLE IF NOT EXISTS ${schemaName}.schema_migration (
    number integer PRIMARY KEY,
    name text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
  )`);
}

async function readApplied(client: ClientBase): Promise<Map<number, AppliedMigration>> {
  const { rows } = await client.query<AppliedMigration & { number: number }>(
    'SELECT number, name, sha256 FROM schema_migration ORDER BY number',
  );
  return new Map(rows.map(row => [row.number, row]));
}

async function apply(client: ClientBase, { number, name, sql, sha256 }: Migration): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(sql);
    await client.query('INSERT INTO schema_migration (number, name, sha256) VALUES ($1, $2, $3)', [
      number,
      name,
      sha256,
    ]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
  }
}

/** One process at a time; more than once in one session is fine. */
export async function withMigrationLock<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
  await client.query('SELECT pg_advisory_lock($1)', [migrationLock]);
  try {
    return await work();
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [migrationLock]);
  }
}

function refused(message: string): StoreError {
  return new StoreError('migration_refused', message);
}
