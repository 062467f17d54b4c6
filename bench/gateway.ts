// Portcullis itself, composed as `portcullis serve` composes it, on a database of its own.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { readConfig } from '../src/config/config.ts';
import { type Portcullis, startPortcullis } from '../src/portcullis.ts';
import { type EmbeddedConnection, startEmbeddedPostgres } from '../src/postgres/embedded-postgres.ts';

/** Where a bench's Notion is, and as whom the gateway speaks to it. */
export interface BenchNotion {
  readonly origin: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface BenchGateway {
  readonly portcullis: Portcullis;
  /** The database that it writes to, as its owner. */
  readonly connection: EmbeddedConnection;
  close(): Promise<void>;
}

/** Starts PostgreSQL and the gateway in this process, in a directory that is removed afterwards. */
export async function startBenchGateway({ origin, clientId, clientSecret }: BenchNotion): Promise<BenchGateway> {
  const log = pino({ level: 'error' }, pino.destination(2));
  const quiet = { info: () => undefined, warn: (message: string) => log.warn(message) };
  const directory = await mkdtemp(join(tmpdir(), 'portcullis-bench-'));
  const postgres = await startEmbeddedPostgres({ dataDir: join(directory, 'postgres'), log: quiet });
  const port = await freePort();
  const config = readConfig('serve', {
    DATABASE_URL: urlOf(postgres.connection),
    NOTION_OAUTH_CLIENT_ID: clientId,
    NOTION_OAUTH_CLIENT_SECRET: clientSecret,
    PORTCULLIS_NOTION_API_URL: origin,
    PORTCULLIS_DANGEROUSLY_ALLOW_LOOPBACK_HTTP: 'true',
    PORTCULLIS_PUBLIC_URL: `http://127.0.0.1:${port}`,
    PORTCULLIS_PORT: String(port),
    PORTCULLIS_DATA_DIR: join(directory, 'data'),
    PORTCULLIS_ROOT_KEY_FILE: join(directory, 'root.key'),
  });
  const { notion } = config;
  if (notion === null) throw new Error('the bench has no Notion');
  const portcullis = await startPortcullis(config, { log }, async () => notion);
  return {
    portcullis,
    connection: postgres.connection,
    async close() {
      await portcullis.close();
      await postgres.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The same connection as a `DATABASE_URL`. */
export function urlOf({ host, port, user, password, database }: EmbeddedConnection): string {
  const query = new URLSearchParams({ host, port: String(port) });
  // The host in the query, a directory with a socket, outranks the one before it, which a URL cannot do without.
  return `postgres://${user}:${encodeURIComponent(password)}@localhost/${database}?${query}`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise(resolve => server.close(resolve));
  return port;
}
