import { sql } from 'kysely';
import type { SinkRecord } from '../sinks/record.ts';
import type { SinkLog } from '../sinks/sink.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

/** The log as sinks read it: a workspace's under row-level security, the deployment's as the system. */
export function createSinkLog({ system, inWorkspace }: Pick<Database<Schema>, 'system' | 'inWorkspace'>): SinkLog {
  return {
    async read(owner, from, limit) {
      const question = placesFrom(owner ?? 'deployment', from, limit);
      const { rows } = await (owner === null
        ? question.execute(system)
        : inWorkspace(owner, tx => question.execute(tx)));
      return rows;
    },
  };
}

/** Places from an index on, each with its entry, and the intent that the entry closes: by their ids, one by one. */
function placesFrom(log: string, from: number, limit: number) {
  return sql<SinkRecord>`
    SELECT place.index, e.id, e.kind, e.operation, e.entry AS text, i.entry AS "intentText"
      FROM (SELECT 'evt_' || u.id AS id, b.start + u.at - 1 AS index
              FROM (SELECT *, greatest(first, ${from}::bigint) AS start FROM audit_batch
                     WHERE log = ${log} AND size > ${from}
                       AND first < ${from + limit}::bigint) b
             CROSS JOIN LATERAL unnest(b.entries[(b.start - b.first + 1)::integer : (${from + limit}::bigint - b.first)::integer])
                  WITH ORDINALITY AS u(id, at)) place
     CROSS JOIN LATERAL (SELECT id, kind, operation, entry, intent_id FROM audit_entry WHERE id = place.id LIMIT 1) e
      LEFT JOIN LATERAL (SELECT entry FROM audit_entry WHERE id = e.intent_id LIMIT 1) i ON true
     ORDER BY place.index`;
}
