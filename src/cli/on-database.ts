import { readDatabaseConfig } from '../config/config.ts';
import type { Database } from '../store/database.ts';
import type { DatabaseConnection } from '../store/logins/logins.ts';
import type { Schema } from '../store/schema.ts';
import type { Invocation } from './command.ts';
import { sayDatabase } from './operator-options.ts';

export const databaseNotes =
  'Works on the database in DATABASE_URL; without it, on the embedded one, which no gateway may be using meanwhile.';

/**
 * Runs `work` on the existing database. If there is no embedded database yet, `missing` says whether it is made. Throws
 * ConfigError, StoreError.
 */
export async function onDatabase<T>(
  invocation: Invocation,
  missing: 'is_made' | 'is_refused',
  work: (database: Database<Schema>) => Promise<T>,
): Promise<T> {
  const { terminal, settings } = invocation;
  const config = readDatabaseConfig(terminal.env, settings);
  sayDatabase(config, invocation);
  // Loaded here, because most commands need none of it.
  if (config.kind === 'external') {
    const { externalConnection } = await import('../store/logins/external-connection.ts');
    return opened(externalConnection(config), work);
  }
  const [{ startEmbeddedPostgres }, { assertHoldsDatabase }] = await Promise.all([
    import('../postgres/embedded-postgres.ts'),
    import('../postgres/join-server.ts'),
  ]);
  if (missing === 'is_refused') await assertHoldsDatabase(config.dataDir);
  const log = { info: () => {}, warn: (message: string) => terminal.err(`warning: ${message}`) };
  const server = await startEmbeddedPostgres({ dataDir: config.dataDir, log });
  try {
    return await opened(server.connection, work);
  } finally {
    await server.stop();
  }
}

async function opened<T>(connection: DatabaseConnection, work: (database: Database<Schema>) => Promise<T>): Promise<T> {
  const { openDatabase } = await import('../store/database.ts');
  const database = openDatabase<Schema>(connection);
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}
