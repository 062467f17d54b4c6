// Portcullis itself, composed as `portcullis serve` composes it, in front of the bench's upstream.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { readConfig } from '../../src/config/config.ts';
import { startPortcullis } from '../../src/portcullis.ts';
import { type EmbeddedConnection, startEmbeddedPostgres } from '../../src/postgres/embedded-postgres.ts';
import { childArgument, childReady } from '../child.ts';
import { connectWorkspace } from './connect-workspace.ts';
import { measureTwoCommits } from './measure-commits.ts';
import { tellProcessorTime } from './processor-time.ts';

export interface DoorArgument {
  /** Origin of what stands for Notion. */
  readonly upstream: string;
}

export interface DoorReady {
  readonly origin: string;
  /** The key of a viewer. */
  readonly key: string;
  /** The database that the door writes to. */
  readonly databaseUrl: string;
}

const { upstream } = childArgument<DoorArgument>();
const log = pino({ level: 'error' }, pino.destination(2));
const directory = await mkdtemp(join(tmpdir(), 'portcullis-bench-'));
const postgres = await startEmbeddedPostgres({ dataDir: join(directory, 'postgres'), log: quiet() });
const databaseUrl = urlOf(postgres.connection);
const port = await freePort();
const config = readConfig('serve', {
  DATABASE_URL: databaseUrl,
  NOTION_OAUTH_CLIENT_ID: 'bench',
  NOTION_OAUTH_CLIENT_SECRET: 'bench-secret',
  PORTCULLIS_NOTION_API_URL: upstream,
  PORTCULLIS_DANGEROUSLY_ALLOW_LOOPBACK_HTTP: 'true',
  PORTCULLIS_PUBLIC_URL: `http://127.0.0.1:${port}`,
  PORTCULLIS_PORT: String(port),
  PORTCULLIS_DATA_DIR: join(directory, 'data'),
  PORTCULLIS_ROOT_KEY_FILE: join(directory, 'root.key'),
});
const { notion } = config;
if (notion === null) throw new Error('the bench has no Notion');
const portcullis = await startPortcullis(config, { log }, async () => notion);
const key = await connectWorkspace(portcullis.url, portcullis.firstSignInUrl);

tellProcessorTime();
process.on('message', async question => {
  if (question === 'measure two commits') process.send?.(await measureTwoCommits(postgres.connection));
});
childReady({ origin: portcullis.url, key, databaseUrl } satisfies DoorReady, async () => {
  await portcullis.close();
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
});

function urlOf({ host, port, user, password, database }: EmbeddedConnection): string {
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

function quiet() {
  return { info: () => undefined, warn: (message: string) => log.warn(message) };
}
