/** Portcullis in the process of a test, composed as `portcullis serve` composes it, on a database of its own. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Emulator } from '../emulator/server.ts';
import { type Composition, compose } from '../src/compose/compose.ts';
import type { Overrides, SettledConfig } from '../src/compose/foundation.ts';
import { type NotionConfig, readConfig } from '../src/config/config.ts';
import { Secret } from '../src/domain/secret.ts';
import { createDoorServer, listen, type Served, serveDoors, stopServer } from '../src/doors/server.ts';
import type { Database } from '../src/store/database.ts';
import { openStore, type Store } from '../src/store/open-store.ts';
import type { Schema } from '../src/store/schema.ts';
import { freshDatabase, type TestDatabase } from './postgres.ts';
import { type ShownTokens, showTokens } from './shown-tokens.ts';

/** The composition, and what a test needs beside it. */
export interface InProcess extends OneInProcess {
  /** One more on the same database, with a data directory of its own. Close it first. */
  another(): Promise<OneInProcess>;
}

export interface OneInProcess extends Omit<Composition, 'tokens'> {
  readonly tokens: ShownTokens<Composition['tokens']>;
  readonly config: SettledConfig;
  /** The settings that it was read from, for another process on the same database. */
  readonly env: Readonly<Record<string, string>>;
  readonly database: Database<Schema>;
  readonly testDatabase: TestDatabase;
  /** Where the doors listen; `config.publicUrl` is what they believe it to be. */
  readonly url: string;
  /** Data directory and root key are in it. */
  readonly directory: string;
  /** What the program told operators, in lines of JSON. */
  readonly programLog: string[];
}

export interface InProcessOptions {
  /** Given, by its name in the environment, to what reads the configuration. */
  readonly env?: Readonly<Record<string, string>>;
  readonly mode?: SettledConfig['mode'];
  /** Where Notion is, given where browsers reach us. */
  readonly notion?: (publicUrl: string) => Promise<Partial<NotionConfig>>;
  readonly overrides?: Overrides;
}

/** Nothing listens at this address: a connection is refused at once. */
export const nowhere = 'http://127.0.0.1:1';

/** Opens one. Its doors are on a socket; nothing is done in the background unless a test asks for it. */
export async function openInProcess(options: InProcessOptions = {}): Promise<InProcess> {
  // Before anything listens: what listens would keep the process of a test alive whose database cannot be made.
  const testDatabase = await freshDatabase({ migrated: true });
  const directory = await mkdtemp(join(tmpdir(), 'portcullis-test-'));
  const first = await openOn(testDatabase, directory, options);
  return {
    ...first,
    another: () => openOn(testDatabase, directory, options),
    async close() {
      await first.close();
      await rm(directory, { recursive: true });
    },
  };
}

async function openOn(testDatabase: TestDatabase, directory: string, options: InProcessOptions): Promise<OneInProcess> {
  const programLog: string[] = [];
  const level = options.env?.PORTCULLIS_LOG_LEVEL ?? 'info';
  const log = pino({ level, base: null }, { write: line => void programLog.push(line) });
  let served: Served | null = null;
  const server = createDoorServer(() => served);
  const url = `http://127.0.0.1:${await listen(server, '127.0.0.1', 0)}`;
  try {
    const { env, testConfig, store } = await prepare({ testDatabase, directory, url, log, options });
    const composition = await compose(testConfig, { background: false, log, ...options.overrides, store });
    served = { handle: serveDoors(composition.doors), recordUnread: composition.doors.recordUnread };
    return {
      ...composition,
      tokens: showTokens(composition.tokens),
      config: testConfig,
      env,
      database: store.database,
      testDatabase,
      url,
      directory,
      programLog,
      async close() {
        await stopServer(server, 0);
        await composition.close();
      },
    };
  } catch (error) {
    server.close();
    throw error;
  }
}

async function prepare(given: {
  readonly testDatabase: TestDatabase;
  readonly directory: string;
  readonly url: string;
  readonly log: NonNullable<Overrides['log']>;
  readonly options: InProcessOptions;
}): Promise<{ env: InProcess['env']; testConfig: SettledConfig; store: Store }> {
  const { testDatabase, directory, url, log, options } = given;
  const env = {
    DATABASE_URL: testDatabase.url,
    NOTION_OAUTH_CLIENT_ID: 'a-client',
    NOTION_OAUTH_CLIENT_SECRET: 'a-secret',
    PORTCULLIS_NOTION_API_URL: nowhere,
    PORTCULLIS_NOTION_MCP_URL: `${nowhere}/mcp`,
    PORTCULLIS_DANGEROUSLY_ALLOW_LOOPBACK_HTTP: 'true',
    PORTCULLIS_PUBLIC_URL: url,
    PORTCULLIS_DATA_DIR: join(directory, randomUUID()),
    PORTCULLIS_ROOT_KEY_FILE: join(directory, 'root.key'),
    PORTCULLIS_AUDIT_STDOUT: 'false',
    ...options.env,
  };
  const { PORTCULLIS_PUBLIC_URL: publicUrl } = env;
  const { mode = 'serve' } = options;
  const config = { ...readConfig('serve', env), mode };
  if (config.notion === null) throw new Error('a gateway needs a Notion');
  const settled = { ...config.notion, ...(await options.notion?.(publicUrl)) };
  const store = await openStore(config.database, { stamp: config.mode, log });
  return { env, testConfig: { ...config, notion: settled, publicUrl }, store };
}

/** An emulator as the Notion of a gateway. */
export function notionAt(emulator: Emulator): Partial<NotionConfig> {
  const { url: apiUrl, mcpUrl, clientId, clientSecret } = emulator;
  return { apiUrl, mcpUrl, clientId, clientSecret: new Secret(clientSecret) };
}
