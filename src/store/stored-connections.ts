import { type RawBuilder, sql } from 'kysely';
import type { SealedToken } from '../domain/connection.ts';
import { servingStates } from '../domain/connection-states.ts';
import type { ConnectionId } from '../domain/ids.ts';
import type { StoredConnection, StoredConnections } from '../vault/stored-connections.ts';
import type { Database } from './database.ts';
import { commitWithEntries, type EventEntries } from './event-entries.ts';
import { moveConnection } from './movers.ts';
import type { Schema } from './schema.ts';
import { leftMs } from './waits.ts';

export interface ConnectionsOptions extends EventEntries {
  /** The database's clock, unless a test has its own time. */
  readonly clock?: RawBuilder<Date>;
}

/** Connections in PostgreSQL, under row-level security: no id leads into another workspace (rule 4). */
export function createStoredConnections(
  { inWorkspace }: Pick<Database<Schema>, 'inWorkspace'>,
  options: ConnectionsOptions,
): StoredConnections {
  const { clock = sql<Date>`now()` } = options;
  return {
    find: (workspaceId, connectionId) =>
      inWorkspace(workspaceId, async tx => {
        const { rows } = await findQuery(connectionId, clock).execute(tx);
        return rows[0] ?? null;
      }),
    noteReason: ({ workspaceId, connectionId }, reason) =>
      inWorkspace(workspaceId, async tx => {
        const serving = tx.updateTable('connection').set({ status_reason: reason }).where('id', '=', connectionId);
        await serving.where('status', 'in', servingStates).execute();
      }),
    changeStatus: ({ workspaceId, connectionId, generation, event, reason }, entries) =>
      commitWithEntries(
        options,
        work => inWorkspace(workspaceId, work),
        async (tx, append) => {
          const { numUpdatedRows } = await moveConnection(tx, connectionId, event, clock)
            .set({ status_reason: reason })
            .where('generation', '=', generation)
            .executeTakeFirst();
          if (numUpdatedRows === 1n) await append(entries);
          return numUpdatedRows === 1n;
        },
      ),
  };
}

type Row = Omit<StoredConnection, 'accessToken' | 'refreshToken'> & {
  accessToken: SealedToken | null;
  refreshToken: SealedToken | null;
};

/** One statement, hence one moment: the tokens belong to the generation beside them. */
function findQuery(connectionId: ConnectionId, clock: RawBuilder<Date>) {
  const sealed = (alias: string) => sql`
    CASE WHEN ${sql.ref(alias)}.field IS NOT NULL THEN
      json_build_object('field', ${sql.ref(alias)}.field, 'generation', ${sql.ref(alias)}.generation,
                        'sealed', ${sql.ref(alias)}.sealed, 'kid', ${sql.ref(alias)}.kid) END`;
  const until = (time: RawBuilder<unknown>) => sql<number>`(extract(epoch FROM ${time} - ${clock}) * 1000)::float8`;
  return sql<Row>`
    SELECT c.kind, c.origin, c.status, c.status_reason AS "statusReason", c.generation, c.bot_id AS "botId", w.notion_workspace_id AS "notionWorkspaceId", c.attempt_id AS "attemptId",
           c.refresh_failures AS "refreshFailures", c.unanswered,
           ${sealed('access')} AS "accessToken", ${sealed('refresh')} AS "refreshToken",
           ${until(sql`access.expires_at`)} AS "endsInMs",
           (extract(epoch FROM access.expires_at - coalesce(c.refreshed_at, c.authorized_at)) * 1000)::float8 AS "lifetimeMs",
           -${until(sql`c.refreshed_at`)} AS "refreshedMsAgo",
           ${leftMs('c.lease_until', clock)} AS "leaseLeftMs",
           ${leftMs('c.refresh_after', clock)} AS "retryInMs"
      FROM connection c JOIN workspace w ON w.id = c.workspace_id
      LEFT JOIN connection_secret access ON access.connection_id = c.id AND access.workspace_id = c.workspace_id
            AND access.generation = c.generation AND access.field = 'access_token'
      LEFT JOIN connection_secret refresh ON refresh.connection_id = c.id AND refresh.workspace_id = c.workspace_id
            AND refresh.generation = c.generation AND refresh.field = 'refresh_token'
     WHERE c.id = ${connectionId}`;
}
