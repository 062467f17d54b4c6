import { type RawBuilder, sql } from 'kysely';
import type { ConnectionPlace } from '../domain/connection.ts';
import { dayMs } from '../domain/units.ts';
import type { RefreshCalendar } from '../vault/refresh/token-refreshes.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';
import { fromNow, isOver } from './waits.ts';

/** Notion's hosted MCP server ends a grant that was not refreshed for 30 days. */
const keepAliveMs = 10 * dayMs;

/** The connections that are due, in PostgreSQL. */
export function createRefreshCalendar(
  { system }: Pick<Database<Schema>, 'system'>,
  clock: RawBuilder<Date>,
): RefreshCalendar {
  const moment = (ms: number) => fromNow(ms, clock);
  return {
    async ending(withinMs, limit, after) {
      // With the range of ends, unused connections appear only in the round that is for them.
      const { rows } = await sql<ConnectionPlace>`
        SELECT c.workspace_id AS "workspaceId", c.id AS "connectionId"
          FROM connection c JOIN connection_secret s
            ON s.workspace_id = c.workspace_id AND s.connection_id = c.id AND s.generation = c.generation
         WHERE c.status = 'active' AND ${isOver('c.refresh_after', clock)} AND c.id > ${after ?? ''}
           AND (s.expires_at <= ${moment(-keepAliveMs)}
                OR s.expires_at BETWEEN ${moment(-dayMs)} AND ${moment(withinMs)} AND (c.unanswered = 0 OR s.expires_at <= ${clock})
                   AND c.last_used_at >= coalesce(c.refreshed_at, c.authorized_at))
         UNION SELECT workspace_id, id FROM connection
         WHERE status IN ('refreshing', 'suspect') AND ${isOver('lease_until', clock)} AND id > ${after ?? ''}
         ORDER BY "connectionId" LIMIT ${limit}`.execute(system);
      return rows;
    },

    async unchecked(limit) {
      // Setting the next look is the lease. It is set before the look, and differs from connection to connection.
      const { rows } = await sql<ConnectionPlace>`
        UPDATE connection SET check_after = ${clock} + (0.75 + random() / 2) *
               CASE WHEN last_used_at > ${moment(-dayMs)} THEN interval '1 hour' ELSE interval '1 day' END
         WHERE id IN (SELECT id FROM connection WHERE status = 'active' AND check_after <= ${clock}
                       ORDER BY check_after LIMIT ${limit} FOR UPDATE SKIP LOCKED)
         RETURNING workspace_id AS "workspaceId", id AS "connectionId"`.execute(system);
      return rows;
    },
  };
}
