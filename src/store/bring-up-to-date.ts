import { StoreError } from '../domain/store-error.ts';
import type { Database } from './database.ts';
import { ensureLogins } from './logins/ensure-logins.ts';
import { migrate, pendingMigrations, withMigrationLock } from './migrate.ts';
import { secureTables } from './rights/secure-tables.ts';

const migrations = new URL('./migrations/', import.meta.url);

/**
 * Brings a database to the state that this version of Portcullis needs: its two logins, the schema, and the rights on
 * it. Returns the names of the migrations that it applied. Safe beside running gateways and beside itself. Throws
 * StoreError.
 */
export async function bringUpToDate(
  database: Pick<Database<unknown>, 'asOwner' | 'logins'>,
): Promise<{ applied: string[] }> {
  return database.asOwner(owner =>
    withMigrationLock(owner, async () => {
      await ensureLogins(owner, database.logins);
      const done = await migrate(owner, migrations);
      await secureTables(owner, database.logins);
      return done;
    }),
  );
}

/** Names of the migrations that `bringUpToDate` would apply. Changes nothing. Throws StoreError `migration_refused`. */
export function missingMigrations({ asOwner }: Pick<Database<unknown>, 'asOwner'>): Promise<string[]> {
  return asOwner(owner => pendingMigrations(owner, migrations));
}

/** For commands that do not migrate. Throws StoreError `schema_older` or `migration_refused`. */
export async function requireUpToDate(database: Pick<Database<unknown>, 'asOwner'>): Promise<void> {
  const [first] = await missingMigrations(database);
  if (first === undefined) return;
  throw new StoreError(
    'schema_older',
    `The schema in the database is older than this Portcullis, or not there yet: ${first} is not applied. ` +
      'Run `portcullis db migrate`, or start the gateway, which does the same.',
  );
}
