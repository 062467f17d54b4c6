import { type RawBuilder, sql } from 'kysely';
import type { AuditFilter, AuditRecord, WrittenEntry, WrittenOutcome } from '../audit/audit-reader.ts';
import type { WorkspaceId } from '../domain/ids.ts';
import { conditionsOf } from './audit-conditions.ts';

/** A call or an event in the form in which it is read, with the entry that closed it. */
export interface RecordRow {
  readonly entry: string;
  readonly outcome: string | null;
  readonly index: number | null;
}

/**
 * Calls and events out of `places`, which has the columns `id` and `index`: an event or a denial at its own place, a call at
 * that of the entry `x` that closed it. Each entry is looked up by its id: a plain join would read the whole log each time.
 */
export function recordsIn(places: RawBuilder<unknown>, workspaceId: WorkspaceId | null, filter: AuditFilter) {
  const open = filter.result === 'open';
  const kind = open
    ? sql`x.kind = 'intent' AND NOT EXISTS (SELECT FROM audit_entry c WHERE c.intent_id = x.id AND c.kind = 'outcome')`
    : sql`x.kind <> 'intent'`;
  const conditions = [kind, ...conditionsOf(workspaceId, filter), ...withinTime(filter)];
  return sql<RecordRow>`
    SELECT p.index, e.entry, o.entry AS outcome
      FROM ${places} p
     CROSS JOIN LATERAL (SELECT * FROM audit_entry WHERE id = p.id LIMIT 1) x
     CROSS JOIN LATERAL (SELECT * FROM audit_entry
                          WHERE id = CASE x.kind WHEN 'outcome' THEN x.intent_id ELSE x.id END LIMIT 1) e
      LEFT JOIN LATERAL (SELECT x.id, x.result, x.entry) o ON x.kind = 'outcome'
     WHERE ${sql.join(conditions, sql` AND `)}`;
}

/** A call counts when it was decided. */
export function withinTime({ since, until }: AuditFilter): RawBuilder<unknown>[] {
  const from = since === undefined ? [] : [sql`e.at >= ${since}`];
  return until === undefined ? from : [...from, sql`e.at < ${until}`];
}

export function toRecord({ entry, outcome, index }: RecordRow): AuditRecord {
  return {
    entry: JSON.parse(entry) as WrittenEntry,
    outcome: outcome === null ? null : (JSON.parse(outcome) as WrittenOutcome),
    index,
  };
}
