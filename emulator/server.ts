import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createClock } from './clock.ts';
import { createFaults } from './control/faults.ts';
import { createRequestLog } from './control/request-log.ts';
import { defaultSettings, type Emulation } from './emulation.ts';
import { createListener } from './http/listener.ts';
import { createIdentifiers, uuidNamed } from './identifiers.ts';
import { installInternal } from './oauth/grants.ts';
import { generatePages } from './seeds/generate.ts';
import { idOf, plant } from './seeds/plant.ts';
import type { WorkspaceSeed } from './seeds/seed.ts';
import { seeds } from './seeds/seeds.ts';
import { createWebhooks } from './webhooks/webhooks.ts';
import { ALL_CAPABILITIES } from './world/connections.ts';
import { createFileStore } from './world/file-store.ts';
import { persist } from './world/persistence.ts';
import type { Person } from './world/records.ts';
import { createWorld, type World } from './world/world.ts';

export interface EmulatorOptions {
  /** 0, or nothing, is any free port. */
  readonly port?: number;
  /**
   * The address to listen on, 127.0.0.1 if left out. At any other address, every client that reaches this machine
   * reaches this Notion.
   */
  readonly host?: string;
  /** Where the public connection may send people back to. More can be added while it runs. */
  readonly redirectUris?: readonly string[];
  /** Workspaces to start with; the first is the main one, whose pages are called `root`, `public`, … */
  readonly seed?: readonly WorkspaceSeed[];
  /** Keeps the state in this directory, so that it survives a restart. */
  readonly stateDir?: string;
  /** The time, in milliseconds since the epoch. */
  readonly now?: () => number;
  /** Adds this many pages below the root page, in a tree and in databases. */
  readonly generatedPages?: number;
  /** Makes every id and secret repeat at each start. */
  readonly idSeed?: string;
}

/** The seeded pages that tests and demos talk about, by their key in the seed. */
export interface SeededPages {
  readonly root: string;
  readonly public: string;
  readonly restricted: string;
  readonly unshared: string;
}

export interface Emulator {
  /** `http://127.0.0.1:port`, or another host if told to listen there: what official clients take as `baseUrl`. */
  readonly url: string;
  readonly mcpUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** A static token of an internal connection with all capabilities that sees the root page. */
  readonly internalToken: string;
  readonly controlToken: string;
  /** Of the first workspace. */
  readonly workspaceId: string;
  readonly people: readonly Pick<Person, 'id' | 'name' | 'email'>[];
  readonly pages: SeededPages;
  /** Answers no more requests, ends open connections and saves the state. */
  close(): Promise<void>;
}

const WEBHOOK_TICK_MS = 500;
const CLIENT_NAME = 'Portcullis';
const LOOPBACK = '127.0.0.1';

/** Starts a Notion for the caller alone. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const clock = createClock(options.now);
  const ids = createIdentifiers(options.idSeed);
  const planted = options.seed ?? seeds.get('acme') ?? [];
  const main = planted[0];
  if (main === undefined) throw new Error('an emulator needs at least one workspace');
  const fileDirectory = options.stateDir === undefined ? undefined : join(options.stateDir, 'files');
  const world = createWorld(clock, ids, createFileStore(ids.secret('files_'), fileDirectory));
  const storage = options.stateDir === undefined ? null : persist(world, options.stateDir);
  if (storage?.loaded !== true) populate(world, planted, main, options.generatedPages ?? 0);
  addRedirectUris(world, options.redirectUris ?? []);
  const settings = defaultSettings();
  const emulation: Emulation = {
    world,
    faults: createFaults(),
    log: createRequestLog(),
    settings,
    webhooks: createWebhooks(world, settings),
    controlToken: ids.secret('ect_'),
    url: '',
  };
  const listen = createListener(emulation);
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    listen(request, response);
    if (request.method !== 'GET') response.once('close', () => storage?.save());
  });
  const ticking = setInterval(() => void emulation.webhooks.deliverDue(), WEBHOOK_TICK_MS).unref();
  await listening(server, options.port ?? 0, options.host ?? LOOPBACK);
  emulation.url = urlOf(server.address() as AddressInfo);
  return {
    ...describe(emulation, main),
    async close() {
      clearInterval(ticking);
      emulation.faults.release();
      await closed(server);
      storage?.close();
    },
  };
}

function populate(world: World, seeds: readonly WorkspaceSeed[], main: WorkspaceSeed, generated: number): void {
  for (const seed of seeds) plant(world, seed);
  const root = world.nodes.get(idOf(main, { key: 'root' }));
  if (root?.kind === 'page') generatePages(world, root, generated);
  const client = {
    id: world.ids.uuid(),
    secret: world.ids.secret('secret_'),
    name: CLIENT_NAME,
    redirectUris: [],
    capabilities: ALL_CAPABILITIES,
  };
  world.connections.clients.set(client.id, client);
  const workspaceId = uuidNamed(`${main.key}/workspace`);
  const shared = main.pages.filter(page => page.ticked).map(page => idOf(main, page));
  installInternal(world, { workspaceId, name: 'Internal', shared });
}

function addRedirectUris(world: World, uris: readonly string[]): void {
  for (const client of world.connections.clients.values()) {
    client.redirectUris = [...new Set([...client.redirectUris, ...uris])];
  }
}

function describe({ world, url, controlToken }: Emulation, main: WorkspaceSeed): Omit<Emulator, 'close'> {
  const client = [...world.connections.clients.values()][0];
  const internal = [...world.connections.installations.values()].find(one => one.clientId === null);
  const token = [...world.connections.accessTokens.values()].find(one => one.botId === internal?.botId);
  const workspaceId = uuidNamed(`${main.key}/workspace`);
  const members = world.workspaces.get(workspaceId)?.members ?? [];
  const people = members.flatMap(id => world.people.get(id) ?? []).map(({ id, name, email }) => ({ id, name, email }));
  const page = (key: string) => idOf(main, { key });
  return {
    url,
    mcpUrl: `${url}/mcp`,
    clientId: client?.id ?? '',
    clientSecret: client?.secret ?? '',
    internalToken: token?.token ?? '',
    controlToken,
    workspaceId,
    people,
    pages: { root: page('root'), public: page('public'), restricted: page('restricted'), unshared: page('unshared') },
  };
}

/** Where a client on this machine finds the server: an address that means "every address" is none to call. */
function urlOf({ address, family, port }: AddressInfo): string {
  if (address === '0.0.0.0' || address === '::') return `http://${LOOPBACK}:${port}`;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

function listening(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
