/** Everything, put together. `serve`, the demo, tests and benches start here; the parts by theme are in compose/. */
import { setTimeout } from 'node:timers/promises';
import type { Accounts } from './accounts/accounts.ts';
import { closingInReverse } from './compose/closing.ts';
import { compose } from './compose/compose.ts';
import type { Overrides, SettledConfig } from './compose/foundation.ts';
import type { Upkeep } from './compose/upkeep.ts';
import type { Config, NotionConfig } from './config/config.ts';
import type { ListenPlace } from './config/value-type.ts';
import type { ConnectCommands } from './connect/commands.ts';
import { type ProgramLog, silentLog } from './domain/program-log.ts';
import { secondMs } from './domain/units.ts';
import { capConnections } from './doors/connections.ts';
import { createDoorServer, listen, type RequestHandler, type Served, serveDoors, stopServer } from './doors/server.ts';
import type { RecordUnread } from './doors/unread-requests.ts';
import type { Gateway } from './gateway.ts';
import { openStore } from './store/open-store.ts';

export type { Overrides, SettledConfig };

/** Portcullis in this process, without a socket. */
export interface Portcullis {
  /** Its URL, without a trailing slash. */
  readonly url: string;
  /** The path that every call takes. */
  readonly gateway: Gateway;
  readonly accounts: Accounts;
  readonly connections: ConnectCommands;
  readonly upkeep: Upkeep;
  /** Answers a request of `node:http`, for any door. */
  readonly handle: RequestHandler;
  /** Counts in the log the requests that a server of `node:http` could not read, and so gave to no handler. */
  readonly recordUnread: RecordUnread;
  /** Answers `/healthz`, `/readyz` and `/metrics` alone. */
  readonly health: RequestHandler;
  /** The sign-in link of the first start; null once a person has a password. */
  readonly firstSignInUrl: string | null;
  /** From now on `/readyz` says that this instance is stopping, so that load balancers send no more requests. */
  drain(): void;
  /** Writes pending entries to the log, and closes everything. All calls must have ended. Safe to call again. */
  close(): Promise<void>;
}

/**
 * Puts Portcullis together in this process. Throws `StoreError` and `RootKeyError`, with messages for the person at the
 * terminal, after closing everything that it had opened.
 */
export async function createPortcullis(config: SettledConfig, overrides: Overrides = {}): Promise<Portcullis> {
  const { gateway, accounts, connect, upkeep, doors, health, firstSignInUrl, drain, close } = await compose(
    config,
    overrides,
  );
  const { publicUrl: url } = config;
  const { recordUnread } = doors;
  const handle = serveDoors(doors);
  const handlers = { handle, recordUnread, health };
  return { url, gateway, accounts, connections: connect, upkeep, ...handlers, firstSignInUrl, drain, close };
}

/**
 * Calls `createPortcullis`, and listens. Once the database is ours, `findNotion` says where Notion is. Throws the
 * errors of `createPortcullis`, the listener and `findNotion`, after closing everything that it had opened.
 */
export async function startPortcullis(
  config: Config,
  overrides: Overrides,
  findNotion: () => Promise<NotionConfig>,
): Promise<Portcullis> {
  const { log = silentLog } = overrides;
  const { closers, close } = closingInReverse(log);
  try {
    const store = overrides.store ?? (await openStore(config.database, { stamp: config.mode, log }));
    closers.push(store.close);
    const notion = await findNotion();
    let served: Served | null = null;
    const server = createDoorServer(() => served);
    capConnections(server, log);
    const stop = () => stopServer(server, 10 * secondMs);
    closers.push(stop);
    const publicUrl = addressOf(config, await listen(server, config.host, config.port));
    const portcullis = await createPortcullis({ ...config, notion, publicUrl }, { ...overrides, store });
    served = portcullis;
    closers.push(portcullis.close);
    if (config.metricsAddress !== null) closers.push(await listenForHealth(config.metricsAddress, portcullis, log));
    closers.push(
      stop,
      () => setTimeout(config.stopDelayMs),
      async () => portcullis.drain(),
    );
    return { ...portcullis, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Returns a function that ends it. It is the last listener to be closed, so that probes get answers until the end. */
async function listenForHealth({ host, port }: ListenPlace, { health, recordUnread }: Portcullis, log: ProgramLog) {
  const server = createDoorServer(() => ({ handle: health, recordUnread }));
  capConnections(server, log);
  const listening = await listen(server, host, port);
  log.info({ host, port: listening }, 'health and metrics have a listener of their own');
  return () => stopServer(server, secondMs);
}

function addressOf({ publicUrl, host }: Config, port: number): string {
  return publicUrl ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
