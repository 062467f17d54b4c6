import { type RawBuilder, sql } from 'kysely';
import type { AuditReader, HourCount } from '../audit/audit-reader.ts';
import { idsBeginAt, type WorkspaceId } from '../domain/ids.ts';
import { minuteMs } from '../domain/units.ts';
import { conditionsOf } from './audit-conditions.ts';
import { withinTime } from './audit-records.ts';

type RowsOf = <T>(workspaceId: WorkspaceId | null, query: RawBuilder<T>) => Promise<readonly T[]>;

/** There is at least one row: if nothing matches, its hour is null. */
interface Row extends Omit<HourCount, 'hour'> {
  readonly hour: Date | null;
  readonly looked: number;
  readonly oldest: Date | null;
}

/**
 * Counts calls and events by the hour, of the newest `lookAt` in the requested time. An id begins with its time, by
 * which they are found; `at` is exact, and clocks of instances may differ by less than a minute.
 */
export function createAuditCounts(rowsOf: RowsOf, lookAt: number): AuditReader['counts'] {
  return async (workspaceId, filter) => {
    const { since, until } = filter;
    const near = (at: Date, ms: number) => idsBeginAt('evt', new Date(at.getTime() + ms));
    const borders = [
      sql`kind <> 'outcome'`,
      workspaceId === null ? sql`workspace_id IS NULL` : sql`workspace_id = ${workspaceId}`,
      ...(since === undefined ? [] : [sql`id >= ${near(since, -minuteMs)}`]),
      ...(until === undefined ? [] : [sql`id < ${near(until, minuteMs)}`]),
    ];
    const conditions = [...withinTime(filter), ...conditionsOf(workspaceId, filter)];
    const rows = await rowsOf(
      workspaceId,
      sql<Row>`
        WITH e AS (SELECT id, kind, at, principal_id, operation, entry FROM audit_entry
                    WHERE ${sql.join(borders, sql` AND `)} ORDER BY id DESC LIMIT ${lookAt}),
             counted AS (
               SELECT date_trunc('hour', e.at, 'UTC') AS hour,
                      count(*) FILTER (WHERE e.kind = 'intent') AS allowed,
                      count(*) FILTER (WHERE e.kind = 'denial') AS denied,
                      count(*) FILTER (WHERE e.kind IN ('event', 'summary')) AS events
                 FROM e ${closing(filter.result, filter.text, filter.reason)}
                WHERE ${sql.join([sql`true`, ...conditions], sql` AND `)}
                GROUP BY 1)
        SELECT counted.*, looked.* FROM (SELECT count(*) AS looked, min(at) AS oldest FROM e) looked
          LEFT JOIN counted ON true ORDER BY hour`,
    );
    const hours = rows.flatMap(({ hour, allowed, denied, events }) =>
      hour === null ? [] : [{ hour, allowed, denied, events }],
    );
    const [first] = rows;
    return { hours, since: first !== undefined && first.looked >= lookAt ? first.oldest : null };
  };
}

/** The entries that closed calls are looked up only if the question is about them. */
function closing(...asked: readonly (string | undefined)[]): RawBuilder<unknown> {
  return asked.every(value => value === undefined)
    ? sql`CROSS JOIN (SELECT NULL::text AS id, NULL::text AS result, NULL::text AS entry) o`
    : sql`LEFT JOIN audit_entry o ON o.intent_id = e.id AND o.kind = 'outcome'`;
}
