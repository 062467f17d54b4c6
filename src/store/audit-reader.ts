import { type RawBuilder, sql } from 'kysely';
import type { AuditFilter, AuditReader, AuditRecord } from '../audit/audit-reader.ts';
import type { EventId, WorkspaceId } from '../domain/ids.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

/** Reads the log: a workspace's under row-level security, the deployment's own as the system. */
export function createAuditReader(database: Database<Schema>): AuditReader {
  return {
    async read(workspaceId, filter, { before, limit }) {
      const query = sql<{ entry: string; outcome: string | null }>`
        SELECT e.entry, o.entry AS outcome
          FROM audit_entry e LEFT JOIN audit_entry o ON o.intent_id = e.id AND o.kind = 'outcome'
         WHERE ${sql.join(conditions(workspaceId, filter, before), sql` AND `)}
         ORDER BY e.id DESC LIMIT ${limit}`;
      const { rows } = await (workspaceId === null
        ? query.execute(database.system)
        : database.inWorkspace(workspaceId, tx => query.execute(tx)));
      return rows.map(row => ({
        entry: JSON.parse(row.entry) as AuditRecord['entry'],
        outcome: row.outcome === null ? null : (JSON.parse(row.outcome) as AuditRecord['outcome']),
      }));
    },
  };
}

function conditions(
  workspaceId: WorkspaceId | null,
  filter: AuditFilter,
  before: EventId | null,
): RawBuilder<unknown>[] {
  const { principal, operation, notOperation, effect, result, since, until } = filter;
  return [
    sql`e.kind <> 'outcome'`,
    workspaceId === null ? sql`e.workspace_id IS NULL` : sql`e.workspace_id = ${workspaceId}`,
    before !== null && sql`e.id < ${before}`,
    principal !== undefined && sql`e.principal_id = ${principal}`,
    operation !== undefined && sql`e.operation = ${operation}`,
    notOperation !== undefined && sql`e.operation <> ${notOperation}`,
    effect !== undefined && sql`e.kind = ${effect === 'allow' ? 'intent' : 'denial'}`,
    result === 'open' && sql`e.kind = 'intent' AND o.id IS NULL`,
    result !== undefined && result !== 'open' && sql`o.result = ${result}`,
    since !== undefined && sql`e.at >= ${since}`,
    until !== undefined && sql`e.at < ${until}`,
  ].filter(condition => condition !== false);
}
