import pg from 'pg';
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

/** Joins the server of the directory, or starts it where no Portcullis runs it. Throws what `startEmbeddedPostgres` throws. */
export async function joinOrStartEmbeddedPostgres(options: EmbeddedOptions): Promise<JoinedServer> {
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
