import { sql, type Transaction } from 'kysely';
import type { RecordedEvent } from '../domain/event.ts';
import { type EventId, isId, newId } from '../domain/ids.ts';
import { noticeJob, noticeTypeOf } from '../sinks/notices/notice.ts';
import type { Schema } from './schema.ts';

/**
 * Adds the job that sends a log entry to the owner's system, in the transaction of the change. So each notice is sent
 * if and only if the change happened, once for each change. A transaction that changes a connection has its row locked,
 * so the notices of one connection queue in the order of its changes. Without a receiver they are removed after a week.
 */
export async function addNotice(
  tx: Transaction<Schema>,
  { name, workspaceId, detail }: RecordedEvent,
  { id, at }: { readonly id: EventId; readonly at: Date },
): Promise<void> {
  const type = noticeTypeOf(name);
  if (type === null || workspaceId === null || !isId('con', detail.connection)) return;
  await sql`
    INSERT INTO job (id, workspace_id, kind, payload, run_at, line, created_at)
    SELECT ${newId('job')}, c.workspace_id, ${noticeJob},
           jsonb_build_object('id', ${id}::text, 'type', ${type}::text, 'timestamp', ${at.toISOString()}::text,
                              'workspaceId', w.id, 'notionWorkspaceId', w.notion_workspace_id,
                              'connectionId', c.id, 'connectionKind', c.kind, 'connectionStatus', c.status,
                              'reason', ${detail.reason ?? null}::text),
           now(), c.id, clock_timestamp()
      FROM connection c JOIN workspace w ON w.id = c.workspace_id
     WHERE c.workspace_id = ${workspaceId} AND c.id = ${detail.connection}`.execute(tx);
}
