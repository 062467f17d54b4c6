import { hostname, userInfo } from 'node:os';
import { eventRow } from '../audit/entry.ts';
import type { DatabaseConfig } from '../config/config.ts';
import type { RecordEvent } from '../domain/event.ts';
import { newId } from '../domain/ids.ts';
import { plainText } from '../domain/printable.ts';
import { joinOrStartEmbeddedPostgres } from '../postgres/join-server.ts';
import { createAuditLog } from '../store/audit-log.ts';
import { requireUpToDate } from '../store/bring-up-to-date.ts';
import { type Database, openDatabase, openPool } from '../store/database.ts';
import { externalConnection } from '../store/logins/external-connection.ts';
import type { DatabaseConnection } from '../store/logins/logins.ts';
import type { Schema } from '../store/schema.ts';
import { namingSetting } from '../store/unreachable.ts';

/** Names of accounts and machines are shorter. */
const operatorCharsMax = 200;

/** The database as an operator's command works on it, beside gateways that run. */
export interface OperatorDatabase {
  readonly database: Database<Schema>;
  /** Everything an operator changes is logged; without an entry it does not count as done. */
  readonly recordEvent: RecordEvent;
  /** The operator's name in the operating system. */
  readonly operator: string;
  close(): Promise<void>;
}

/**
 * Opens the external database, or the embedded one: through the gateway that runs it, or by starting it. Its schema
 * must be that of this version. Throws StoreError.
 */
export async function openOperatorDatabase(
  config: DatabaseConfig,
  warn: (message: string) => void,
): Promise<OperatorDatabase> {
  const server = await reach(config, warn);
  const database = openDatabase<Schema>(server.connection, { poolSize: 4, statementMsMax: 60_000 });
  const auditPool = openPool(database.logins.system, { poolSize: 1 });
  const log = createAuditLog(auditPool);
  const close = async () => {
    await Promise.allSettled([database.close(), auditPool.end()]);
    await server.close();
  };
  try {
    await requireUpToDate(database);
  } catch (error) {
    await close();
    throw namingSetting(error, config);
  }
  return {
    database,
    operator: plainText(`${userInfo().username} at ${hostname()}`, operatorCharsMax),
    async recordEvent(event) {
      await log.append(newId('ins'), [eventRow(event, new Date())]);
    },
    close,
  };
}

async function reach(
  config: DatabaseConfig,
  warn: (message: string) => void,
): Promise<{ connection: DatabaseConnection; close(): Promise<void> }> {
  if (config.kind === 'external') return { connection: externalConnection(config), close: async () => {} };
  return joinOrStartEmbeddedPostgres({ dataDir: config.dataDir, log: { info: () => {}, warn } });
}
