import { sql } from 'kysely';
import type { Metrics } from '../domain/metrics.ts';
import { emptyLedger, type Ledger } from '../forward/budget/ledger.ts';
import type { RateLedgers } from '../forward/budget/rate-ledgers.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

/** Far more than the number of processes that could want the same ledger at once. */
const attemptsMax = 100;

/** Ledgers in PostgreSQL. They use compare-and-set: no process waits for a lock, and two round trips are enough. */
export function createRateLedgers(
  { system }: Pick<Database<Schema>, 'system'>,
  metrics: Pick<Metrics, 'leaseContended'>,
): RateLedgers {
  return {
    async change(workspaceId, scope, change) {
      for (let attempt = 1; attempt <= attemptsMax; attempt++) {
        const { nowMs, version, ledger } = await read(system, workspaceId, scope);
        // An older Portcullis may have written less than this one knows.
        const changed = change({ ...emptyLedger, ...ledger }, nowMs);
        const stored = await write(system, { workspaceId, scope, version, ledger: JSON.stringify(changed.ledger) });
        if (stored) return changed.result;
        metrics.leaseContended('budget');
      }
      throw new Error(`the rate ledger ${scope} of ${workspaceId} changes too fast`);
    },
  };
}

interface Row {
  readonly nowMs: number;
  readonly version: number | null;
  readonly ledger: Ledger | null;
}

async function read(system: Database<Schema>['system'], workspaceId: string, scope: string): Promise<Row> {
  const { rows } = await sql<Row>`
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS "nowMs", l.version, l.ledger
      FROM (SELECT) AS once
      LEFT JOIN rate_ledger l ON l.workspace_id = ${workspaceId} AND l.scope = ${scope}`.execute(system);
  const [row] = rows;
  if (row === undefined) throw new Error('a SELECT without rows');
  return row;
}

interface Change {
  readonly workspaceId: string;
  readonly scope: string;
  readonly version: number | null;
  readonly ledger: string;
}

async function write(system: Database<Schema>['system'], change: Change): Promise<boolean> {
  const { workspaceId, scope, version, ledger } = change;
  const statement =
    version === null
      ? sql`INSERT INTO rate_ledger (workspace_id, scope, ledger) VALUES (${workspaceId}, ${scope}, ${ledger})
            ON CONFLICT DO NOTHING`
      : sql`UPDATE rate_ledger SET ledger = ${ledger}, version = version + 1
             WHERE workspace_id = ${workspaceId} AND scope = ${scope} AND version = ${version}`;
  const { numAffectedRows } = await statement.execute(system);
  return numAffectedRows === 1n;
}
