import type { Transaction } from 'kysely';
import type { AuditRow } from '../audit/audit-log.ts';
import { eventRow } from '../audit/entry.ts';
import type { RecordedEvent } from '../domain/event.ts';
import type { InstanceId } from '../domain/ids.ts';
import type { Now } from '../domain/units.ts';
import type { Schema } from './schema.ts';

/** What is needed to write entries of the log in the transaction of what they tell about. */
export interface EventEntries {
  readonly instance: () => InstanceId;
  readonly now: Now;
  /** Hears of entries once they are durable. */
  readonly onDurable?: (rows: readonly AuditRow[]) => void;
}

/** Writes events into the log in a transaction, so that neither happens without the other. */
export async function appendEvents(
  tx: Transaction<Schema>,
  { instance, now }: EventEntries,
  events: readonly RecordedEvent[],
): Promise<AuditRow[]> {
  const rows = events.map(event => eventRow(event, now()));
  for (const row of rows) {
    await tx
      .insertInto('audit_entry')
      .values({
        id: row.id,
        workspace_id: row.workspaceId,
        kind: 'event',
        intent_id: null,
        instance_id: instance(),
        at: row.at,
        principal_id: row.principalId,
        operation: row.operation,
        result: row.result,
        entry: row.entry,
      })
      .execute();
  }
  return rows;
}
