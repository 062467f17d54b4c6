import type { AuditRow } from '../../src/audit/audit-log.ts';
import { newId } from '../../src/domain/ids.ts';
import type { Database } from '../../src/store/database.ts';
import type { Schema } from '../../src/store/schema.ts';

/** Writes entries like one commit of the log does, without comparing their decisions. They wait for their places. */
export async function insertRows({ system }: Database<Schema>, rows: readonly AuditRow[]): Promise<void> {
  const entries = rows.map(row => ({
    id: row.id,
    workspace_id: row.workspaceId,
    kind: row.kind,
    intent_id: row.intentId,
    instance_id: newId('ins'),
    at: row.at,
    principal_id: row.principalId,
    operation: row.operation,
    result: row.result,
    entry: row.entry,
  }));
  const ids = rows.map(({ id }) => id).sort();
  const [id] = ids;
  if (id === undefined) return;
  await system.transaction().execute(async tx => {
    await tx.insertInto('audit_entry').values(entries).execute();
    await tx.insertInto('audit_waiting').values({ id, entries: ids }).execute();
  });
}
