import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { StoreError } from '../domain/store-error.ts';
import { layOut, readPassword } from './data-directory.ts';
import { type EmbeddedConnection, type EmbeddedOptions, login, startEmbeddedPostgres } from './embedded-postgres.ts';
import { openSocketDirectory } from './socket-directory.ts';

/** An embedded server, to work on its database. */
export interface JoinedServer {
  readonly connection: EmbeddedConnection;
  /** Stops the server if it was started for this. */
  close(): Promise<void>;
}

/**
 * Finds the embedded server that another Portcullis runs in the directory, to work on its database beside it. Null if
 * none runs there: then the caller may start it.
 */
async function joinEmbeddedPostgres(dataDir: string): Promise<JoinedServer | null> {
  const directory = layOut(dataDir);
  const password = await readPassword(directory).catch(() => null);
  if (password === null) return null;
  const socket = await openSocketDirectory(directory.cluster).catch(() => null);
  if (socket === null) return null;
  const connection = { host: socket.host, port: 5432, user: login, password, database: login };
  const client = new pg.Client({ ...connection, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.end();
    return { connection, close: socket.close };
  } catch {
    await socket.close();
    return null;
  }
}

/**
 * Whether a start has made a database in the directory. True also for one that we may not look into: opening it gives
 * the error.
 */
export function holdsDatabase(dataDir: string): Promise<boolean> {
  return lstat(join(layOut(dataDir).cluster, 'PG_VERSION')).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
}

/**
 * For commands on what a gateway has stored. If there is nothing, the directory is wrong, and a new database there
 * would hide the mistake. Throws StoreError `database_missing`.
 */
export async function assertHoldsDatabase(dataDir: string): Promise<void> {
  if (await holdsDatabase(dataDir)) return;
  throw new StoreError(
    'database_missing',
    `There is no database in ${dataDir}. Name the settings of the gateway with --settings, or where its database is with DATABASE_URL or --data-dir.`,
  );
}

/** Joins the server of the directory, or starts it if no Portcullis runs it. Makes no database. Throws StoreError. */
export async function joinOrStartEmbeddedPostgres(options: EmbeddedOptions): Promise<JoinedServer> {
  await assertHoldsDatabase(options.dataDir);
  const joined = await joinEmbeddedPostgres(options.dataDir);
  if (joined !== null) return joined;
  try {
    const { connection, stop } = await startEmbeddedPostgres(options);
    return { connection, close: stop };
  } catch (error) {
    // A gateway was about to start it, and has by now.
    const late = (error as Error & { code?: string }).code === 'directory_in_use';
    const found = late ? await joinEmbeddedPostgres(options.dataDir) : null;
    if (found === null) throw error;
    return found;
  }
}
