import pg from 'pg';
import { layOut, readPassword } from './data-directory.ts';
import { type EmbeddedConnection, login } from './embedded-postgres.ts';
import { openSocketDirectory } from './socket-directory.ts';

/** The embedded server of a Portcullis that is running. */
export interface JoinedServer {
  readonly connection: EmbeddedConnection;
  close(): Promise<void>;
}

/**
 * Finds the embedded server that another Portcullis runs in the directory, to work on its database beside it. Null when none
 * runs there: then the caller may start it.
 */
export async function joinEmbeddedPostgres(dataDir: string): Promise<JoinedServer | null> {
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
