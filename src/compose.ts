/** The composition; with its parts in compose/ the only place that knows every concrete part. */
import type { Logger } from 'pino';
import type { Accounts } from './accounts/accounts.ts';
import { openAudit } from './compose/open-audit.ts';
import { openDoors } from './compose/open-doors.ts';
import { openParts } from './compose/open-parts.ts';
import type { Place } from './compose/place.ts';
import { openRoot } from './compose/root-keys.ts';
import type { Config, NotionConfig } from './config.ts';
import { secondMs } from './domain/units.ts';
import { createPrometheus } from './doors/health/prometheus.ts';
import { createDoorServer, type Doors, listen, stopServer } from './doors/server.ts';
import { openStore } from './store/open-store.ts';

export interface Portcullis {
  /** Where it can be reached, without a trailing slash. */
  readonly url: string;
  readonly accounts: Accounts;
  /** The sign-in link of the first start; null once somebody has a password. */
  readonly firstSignInUrl: string | null;
  /** Lets calls under way end, writes what is owed to the log, and closes everything. Safe to call again. */
  close(): Promise<void>;
}

/**
 * Starts Portcullis, in front of the Notion that `findNotion` answers with: asked only once the database is ours. Throws what
 * the store, the root key, the listener and `findNotion` throw, having closed what it had opened.
 */
export async function startPortcullis(
  given: Config,
  log: Logger,
  findNotion: () => Promise<NotionConfig>,
): Promise<Portcullis> {
  const closers: (() => Promise<unknown>)[] = [];
  let closing: Promise<void> | null = null;
  const close = () => {
    closing ??= closeAll(closers, log);
    return closing;
  };
  try {
    const store = await openStore(given.database, {
      stamp: given.mode,
      log: { info: message => log.info(message), warn: message => log.warn(message) },
    });
    closers.push(store.close);
    const rootParts = await openRoot(given, store.database);
    const config = { ...given, notion: await findNotion() };

    let doors: Doors | null = null;
    const server = createDoorServer(() => doors);
    const stop = () => stopServer(server, 10 * secondMs);
    closers.push(stop);
    const port = await listen(server, config.host, config.port);
    const publicUrl =
      config.publicUrl ?? `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`;

    const prometheus = createPrometheus();
    const stopping = () => closing !== null;
    const place: Place = { config, log, store, prometheus, ...rootParts, publicUrl, stopping, closers };
    const audit = await openAudit(place);
    const parts = await openParts(place, audit);
    doors = await openDoors(place, audit, parts);
    // The first to be closed: calls under way need everything else.
    closers.push(stop);
    const first = await parts.accounts.users.ensureFirstRun({ email: config.adminEmail, name: 'Administrator' });
    return { url: publicUrl, accounts: parts.accounts, firstSignInUrl: first?.signInUrl ?? null, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function closeAll(closers: Place['closers'], log: Logger): Promise<void> {
  for (const closer of closers.reverse()) await closer().catch(error => log.error({ err: error }, 'closing failed'));
}
