import { type RawBuilder, sql } from 'kysely';
import type { AuditFilter } from '../audit/audit-reader.ts';
import type { LogName } from '../audit/sequence/sequencing.ts';

/** Indexes of a log: from the first to before the second. */
export interface Places {
  readonly from: number;
  readonly to: number;
}

/**
 * The part of a log that can have what a filter looks for: no batch outside it has anything of that time. Everything that
 * was before a place is older than `newest` there, since that never goes back.
 */
export function bordersOf(log: LogName, { since, until }: AuditFilter, before: number | null) {
  const below = before === null ? sql`` : sql`AND first < ${before}`;
  const early = until === undefined ? sql`` : sql`AND oldest < ${until}`;
  const over =
    since === undefined
      ? sql`0`
      : sql`
    coalesce((SELECT size FROM audit_batch WHERE log = ${log} AND newest < ${since} ORDER BY first DESC LIMIT 1), 0)`;
  return sql<Places>`
    SELECT ${over} AS "from",
           coalesce((SELECT size FROM audit_batch WHERE log = ${log} ${below} ${early} ORDER BY first DESC LIMIT 1), 0) AS "to"`;
}

/** Rows of `id` and `index`, for entries that have a place from the first index to before the second. */
export function placesIn(log: LogName, { from, to }: Places): RawBuilder<unknown> {
  return sql`(
    SELECT 'evt_' || u.id AS id, b.first + u.at - 1 AS index
      FROM audit_batch b CROSS JOIN LATERAL unnest(b.entries) WITH ORDINALITY AS u(id, at)
     WHERE b.log = ${log} AND b.first < ${to}
       AND b.first >= coalesce((SELECT first FROM audit_batch WHERE log = ${log} AND first <= ${from} ORDER BY first DESC LIMIT 1), 0)
       AND b.first + u.at - 1 >= ${from} AND b.first + u.at - 1 < ${to})`;
}
