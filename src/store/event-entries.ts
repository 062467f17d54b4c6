import type { Transaction } from 'kysely';
import type { AuditRow } from '../audit/audit-log.ts';
import { eventRow } from '../audit/entry.ts';
import type { RecordedEvent } from '../domain/event.ts';
import type { InstanceId } from '../domain/ids.ts';
import type { Now } from '../domain/units.ts';
import { addNotice } from './notices.ts';
import type { Schema } from './schema.ts';

type Tx = Transaction<Schema>;

/** What is needed to write log entries in the same transaction as the change that they describe. */
export interface EventEntries {
  readonly instance: () => InstanceId;
  readonly now: Now;
  /** Called with entries once they are durable. */
  readonly onDurable?: (rows: readonly AuditRow[]) => void;
}

/** Writes entries of the log into the transaction that it belongs to. */
export type Append = (events: readonly RecordedEvent[]) => Promise<void>;

/**
 * Runs a transaction that changes something. It also writes the log entries about the change, and adds the notices for
 * the owner's system. All of it is durable once this resolves, or none of it.
 */
export async function commitWithEntries<T>(
  options: EventEntries,
  transact: (work: (tx: Tx) => Promise<T>) => Promise<T>,
  work: (tx: Tx, append: Append) => Promise<T>,
): Promise<T> {
  const rows: AuditRow[] = [];
  const done = await transact(tx =>
    work(tx, async events => {
      for (const event of events) rows.push(await appendEvent(tx, options, event));
    }),
  );
  if (rows.length > 0) options.onDurable?.(rows);
  return done;
}

async function appendEvent(tx: Tx, { instance, now }: EventEntries, event: RecordedEvent): Promise<AuditRow> {
  const row = eventRow(event, now());
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
  await tx
    .insertInto('audit_waiting')
    .values({ id: row.id, entries: [row.id] })
    .execute();
  await addNotice(tx, event, row);
  return row;
}
