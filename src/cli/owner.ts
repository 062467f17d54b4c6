import { type Client, Client as PgClient } from 'pg';
import { readDatabaseConfig } from '../config/config.ts';
import { startEmbeddedPostgres } from '../postgres/embedded-postgres.ts';
import { assertHoldsDatabase } from '../postgres/join-server.ts';
import { migrate } from '../store/migrate.ts';
import type { Invocation } from './command.ts';
import { sayDatabase } from './operator-options.ts';

export const databaseNotes =
  'Works on the database in DATABASE_URL; without it, on the embedded one, which no gateway may be using meanwhile.';

/**
 * Signs in as the owner of the schema, brings it to this version of Portcullis, and runs `work`. Where the embedded database
 * is to be and there is none, it is made if `missing` says so. Throws ConfigError, StoreError.
 */
export async function asOwner<T>(
  invocation: Invocation,
  missing: 'is_made' | 'is_refused',
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const { terminal, settings } = invocation;
  const config = readDatabaseConfig(terminal.env, settings);
  sayDatabase(config, invocation);
  if (config.kind === 'external') return connected({ connectionString: config.url.reveal() }, work);
  if (missing === 'is_refused') await assertHoldsDatabase(config.dataDir);
  const log = { info: () => {}, warn: (message: string) => terminal.err(`warning: ${message}`) };
  const server = await startEmbeddedPostgres({ dataDir: config.dataDir, log });
  try {
    return await connected(server.connection, work);
  } finally {
    await server.stop();
  }
}

async function connected<T>(
  connection: ConstructorParameters<typeof PgClient>[0],
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new PgClient(connection);
  // A connection that breaks fails the query under way; the event adds nothing to that.
  client.on('error', () => {});
  await client.connect();
  try {
    await migrate(client, new URL('../store/migrations/', import.meta.url));
    return await work(client);
  } finally {
    await client.end();
  }
}
