import type { Config } from '../config/config.ts';
import { holdsDatabase, joinOrStartEmbeddedPostgres } from '../postgres/join-server.ts';
import { type Database, openDatabase } from '../store/database.ts';
import { externalConnection } from '../store/logins/external-connection.ts';
import type { DatabaseConnection } from '../store/logins/logins.ts';
import type { Schema } from '../store/schema.ts';
import { type Finding, look, ok } from './finding.ts';
import { lookAround } from './look-around.ts';
import { lookAtConnections } from './look-at-connections.ts';
import { lookAtDatabase, unreached } from './look-at-database.ts';
import { lookAtDataDirectory, lookAtRootKeyFiles, lookAtSpool } from './look-at-files.ts';
import { lookAtKeys } from './look-at-keys.ts';
import { lookAtRestoration } from './look-at-restoration.ts';
import { lookAtWebhooks } from './look-at-webhooks.ts';

/** Checks everything that a gateway with this configuration needs. Changes nothing, and runs beside gateways. */
export async function examine(config: Config, nowMs: () => number): Promise<Finding[]> {
  return [
    ...(await lookAtDataDirectory(config)),
    ...(await lookAtSpool(config, nowMs)),
    ...(await lookAtRootKeyFiles(config)),
    ...(await lookIntoDatabase(config, nowMs)),
    ...(await lookAround(config, nowMs)),
  ];
}

async function lookIntoDatabase(config: Config, nowMs: () => number): Promise<Finding[]> {
  return look('database', unreached, async () => {
    const server = await reach(config.database);
    if (server === null) return ok('database', 'the first start makes it');
    const database = openDatabase<Schema>(server.connection, { poolSize: 2 });
    try {
      return await examineStored(config, database, nowMs);
    } finally {
      await database.close();
      await server.close();
    }
  });
}

async function examineStored(config: Config, database: Database<Schema>, nowMs: () => number): Promise<Finding[]> {
  const findings = await lookAtDatabase(database, nowMs);
  // Without the schema there is nothing to check.
  if (findings.some(({ about, state }) => state === 'fail' || (about === 'migrations' && state !== 'ok')))
    return findings;
  const { findings: ofKeys, opened } = await lookAtKeys(config, database);
  return [
    ...findings,
    ...(await lookAtRestoration(config, database)),
    ...ofKeys,
    ...(await lookAtConnections({ database, keys: opened?.keys ?? null, notion: config.notion, proxy: config.proxy })),
    ...(await lookAtWebhooks(database, opened)),
  ];
}

interface Reached {
  readonly connection: DatabaseConnection;
  close(): Promise<void>;
}

/**
 * The external database; or the embedded one, through the gateway that runs it or by starting it. Null: there is none
 * yet.
 */
async function reach(config: Config['database']): Promise<Reached | null> {
  if (config.kind === 'external') {
    return { connection: externalConnection(config), close: async () => {} };
  }
  if (!(await holdsDatabase(config.dataDir))) return null;
  return joinOrStartEmbeddedPostgres({ dataDir: config.dataDir, log: { info: () => {}, warn: () => {} } });
}
