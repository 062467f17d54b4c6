import type { Pool } from 'pg';
import type { DatabaseConfig } from '../config/config.ts';
import { StoreError } from '../domain/store-error.ts';
import { startEmbeddedPostgres } from '../postgres/embedded-postgres.ts';
import { assertDurable } from './assert-durable.ts';
import { bringUpToDate } from './bring-up-to-date.ts';
import { type Database, openDatabase, openPool } from './database.ts';
import { externalConnection } from './logins/external-connection.ts';
import type { Schema } from './schema.ts';
import { namingSetting } from './unreachable.ts';

/** What a database is used for. The first start stamps it, and afterwards it is refused for the other use (rule 25). */
export type Stamp = 'demo' | 'serve';

export interface Store {
  readonly database: Database<Schema>;
  /** The log's own connection: it never waits for other work. */
  readonly auditPool: Pool;
  /** No other Portcullis can be using this database. */
  readonly alone: boolean;
  /** Safe to call again. */
  close(): Promise<void>;
  /**
   * Ends the embedded server, even under code that still works with it, so that it does not outlive this process. Safe
   * to call again.
   */
  stopServer(): Promise<void>;
}

/**
 * Opens the database. It starts the embedded server or connects to the external one, brings the schema up to date, and
 * refuses a server that does not keep what it commits. Throws StoreError with a message for the person at the terminal.
 */
export async function openStore(
  config: DatabaseConfig,
  options: { stamp: Stamp; log: { info(message: string): void; warn(message: string): void } },
): Promise<Store> {
  const server =
    config.kind === 'embedded' ? await startEmbeddedPostgres({ dataDir: config.dataDir, log: options.log }) : null;
  const connection = config.kind === 'external' ? externalConnection(config) : (server?.connection ?? {});
  const { connections } = config;
  const database = openDatabase<Schema>(connection, connections === undefined ? {} : { poolSize: connections });
  const auditPool = openPool(database.logins.system, { poolSize: 1, planOnce: true });
  let closing: Promise<void> | null = null;
  const closeAll = async () => {
    await Promise.allSettled([database.close(), auditPool.end()]);
    await server?.stop();
  };
  const close = () => {
    closing ??= closeAll();
    return closing;
  };
  const stopServer = async () => server?.stop();
  try {
    await assertDurable(database);
    await bringUpToDate(database);
    await requireStamp(database, options.stamp);
    return { database, auditPool, alone: server !== null, close, stopServer };
  } catch (error) {
    await close();
    throw namingSetting(error, config);
  }
}

async function requireStamp({ system }: Database<Schema>, stamp: Stamp): Promise<void> {
  await system
    .insertInto('deployment')
    .values({ stamp })
    .onConflict(conflict => conflict.doNothing())
    .execute();
  const found = await system.selectFrom('deployment').select('stamp').executeTakeFirstOrThrow();
  if (found.stamp === stamp) return;
  const meant = { demo: '`portcullis demo`', serve: '`portcullis serve`' } as const;
  throw new StoreError(
    'server_refused',
    `This database belongs to ${meant[found.stamp]} and is not used by ${meant[stamp]}. Name another data directory or database.`,
  );
}
