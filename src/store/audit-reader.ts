import { type RawBuilder, sql } from 'kysely';
import type { AuditReader, AuditRecord, WrittenEntry, WrittenOutcome } from '../audit/audit-reader.ts';
import { type EventId, idsBeginAt, type WorkspaceId } from '../domain/ids.ts';
import { minuteMs } from '../domain/units.ts';
import { conditionsOf } from './audit-conditions.ts';
import { createAuditNames } from './audit-names.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

/** Entries that one reading looks at: a search that finds little in a long log answers in time, and goes on when asked. */
const lookedAtMax = 20_000;

interface Row {
  readonly entry: string;
  readonly outcome: string | null;
}

/** Reads the log: a workspace's under row-level security, the deployment's own as the system. */
export function createAuditReader(
  database: Database<Schema>,
  { lookAt = lookedAtMax }: { readonly lookAt?: number } = {},
): AuditReader {
  async function rowsOf<T>(workspaceId: WorkspaceId | null, query: RawBuilder<T>): Promise<readonly T[]> {
    const { rows } = await (workspaceId === null
      ? query.execute(database.system)
      : database.inWorkspace(workspaceId, tx => query.execute(tx)));
    return rows;
  }

  return {
    async read(workspaceId, filter, { before, limit }) {
      const within = sql`
        SELECT id, kind, principal_id, operation, entry FROM audit_entry
         WHERE ${sql.join([...bordersOf(workspaceId, filter), before !== null && sql`id < ${before}`].filter(isGiven), sql` AND `)}
         ORDER BY id DESC LIMIT ${lookAt}`;
      const rows = await rowsOf(
        workspaceId,
        sql<Row>`
          SELECT e.entry, o.entry AS outcome
            FROM (${within}) e LEFT JOIN audit_entry o ON o.intent_id = e.id AND o.kind = 'outcome'
           WHERE ${sql.join([sql`true`, ...conditionsOf(workspaceId, filter)], sql` AND `)}
           ORDER BY e.id DESC LIMIT ${limit}`,
      );
      const records = rows.map(toRecord);
      if (records.length === limit) return { records, next: records.at(-1)?.entry.id ?? null };
      const [last] = await rowsOf(
        workspaceId,
        sql<{ id: EventId }>`SELECT id FROM (${within}) e ORDER BY id DESC OFFSET ${lookAt - 1}`,
      );
      return { records, next: last?.id ?? null };
    },

    async firstCallWith(workspaceId, key, since) {
      const [first] = await rowsOf(
        workspaceId,
        sql<Row>`
          SELECT e.entry, o.entry AS outcome
            FROM (SELECT id, kind, operation, entry FROM audit_entry
                   WHERE ${sql.join(bordersOf(workspaceId, { since }), sql` AND `)}
                   ORDER BY id LIMIT ${lookAt}) e
            LEFT JOIN audit_entry o ON o.intent_id = e.id AND o.kind = 'outcome'
           WHERE ${sql.join(conditionsOf(workspaceId, { credential: key, activity: ['notion'] }), sql` AND `)}
           ORDER BY e.id LIMIT 1`,
      );
      return first === undefined ? null : toRecord(first);
    },

    namesOf: createAuditNames(database),
  };
}

/** Where an index leads. An id begins with its time; `at` is exact, and clocks of instances may differ by less than a minute. */
function bordersOf(
  workspaceId: WorkspaceId | null,
  { since, until }: { readonly since?: Date | undefined; readonly until?: Date | undefined },
): RawBuilder<unknown>[] {
  const near = (at: Date, ms: number): EventId => idsBeginAt('evt', new Date(at.getTime() + ms));
  return [
    sql`kind <> 'outcome'`,
    workspaceId === null ? sql`workspace_id IS NULL` : sql`workspace_id = ${workspaceId}`,
    since !== undefined && sql`at >= ${since} AND id >= ${near(since, -minuteMs)}`,
    until !== undefined && sql`at < ${until} AND id < ${near(until, minuteMs)}`,
  ].filter(isGiven);
}

function isGiven(condition: RawBuilder<unknown> | false): condition is RawBuilder<unknown> {
  return condition !== false;
}

function toRecord({ entry, outcome }: Row): AuditRecord {
  return {
    entry: JSON.parse(entry) as WrittenEntry,
    outcome: outcome === null ? null : (JSON.parse(outcome) as WrittenOutcome),
  };
}
