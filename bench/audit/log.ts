// A log on a database of its own, and entries as calls make them.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditRow } from '../../src/audit/audit-log.ts';
import { decisionRow } from '../../src/audit/entry.ts';
import { openLogKeys } from '../../src/audit/sequence/log-keys.ts';
import { startSequencer } from '../../src/audit/sequence/sequencer.ts';
import { newId, type WorkspaceId } from '../../src/domain/ids.ts';
import { startEmbeddedPostgres } from '../../src/postgres/embedded-postgres.ts';
import { createAuditLog } from '../../src/store/audit-log.ts';
import { bringUpToDate } from '../../src/store/bring-up-to-date.ts';
import { openDatabase, openPool } from '../../src/store/database.ts';
import { createLogArchive } from '../../src/store/log-archive.ts';
import type { Schema } from '../../src/store/schema.ts';
import { createSequencing } from '../../src/store/sequencing.ts';
import { aCall, aCaller, aDecidedCall, someFacts } from '../../test/fixtures.ts';

/** Calls that one flush serves under load. */
export const flushSize = 32;

export async function openBenchLog() {
  const directory = await mkdtemp(join(tmpdir(), 'portcullis-bench-'));
  const log = { info: () => {}, warn: () => {} };
  const postgres = await startEmbeddedPostgres({ dataDir: join(directory, 'postgres'), log });
  const database = openDatabase<Schema>(postgres.connection);
  await bringUpToDate(database);
  // The owner, for what is measured against: tables of the bench, in the same database.
  const owner = openPool({ name: 'portcullis', connection: postgres.connection } as never, {
    poolSize: 2,
    planOnce: true,
  });
  const pool = openPool(database.logins.system, { poolSize: 4, planOnce: true });
  const keys = { seedOf: (number: number) => Buffer.alloc(32, number), nameIfNew: 'bench/log' };
  const sequencing = createSequencing(pool);
  const sequencer = startSequencer({
    ...keys,
    sequencing,
    mayNotSign: () => false,
    beforeFirst: async () => {},
    // A session that idles while other things are measured is closed.
    onTrouble: () => {},
    background: false,
  });
  const auditLog = createAuditLog(pool);
  return {
    database,
    owner,
    append: (rows: readonly AuditRow[]) => auditLog.append(newId('ins'), rows),
    sequence: sequencer.run,
    async archive(workspaceId: WorkspaceId) {
      const { name, signers } = await openLogKeys(sequencing, keys);
      return { archive: createLogArchive(database, name, workspaceId), signers };
    },
    async [Symbol.asyncDispose]() {
      await sequencer.close();
      await Promise.all([owner.end(), pool.end()]);
      await database.close();
      await postgres.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export type BenchLog = Awaited<ReturnType<typeof openBenchLog>>;

/** Entries of calls in one workspace, in flushes. Their conditions are left out: they are not the log's work. */
export function someFlushes(workspaceId: WorkspaceId, count: number): AuditRow[][] {
  const rows = Array.from({ length: count }, () => {
    const decided = aDecidedCall({
      id: newId('evt'),
      call: aCall(),
      caller: aCaller({ epoch: null as never }),
      facts: someFacts({ workspaceId }),
      decidedAt: new Date(),
    });
    const row = decisionRow(decided, null);
    return { ...row, kind: 'denial' as const, ifPolicyRevision: null, ifEpoch: null };
  });
  return Array.from({ length: Math.ceil(count / flushSize) }, (_, at) =>
    rows.slice(at * flushSize, (at + 1) * flushSize),
  );
}
