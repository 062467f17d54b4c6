import { sql } from 'kysely';
import type { ConnectionSummary } from '../domain/connection.ts';
import type { WorkspaceId } from '../domain/ids.ts';
import type { StoredConnections } from '../vault/tokens.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

/** Connections in PostgreSQL, under row-level security: no id leads into another workspace (rule 4). */
export function createConnections({ inWorkspace }: Pick<Database<Schema>, 'inWorkspace'>) {
  const custody: StoredConnections = {
    find: (workspaceId, connectionId) =>
      inWorkspace(workspaceId, async tx => {
        const connection = await tx
          .selectFrom('connection')
          .select(['kind', 'origin', 'status', 'generation', 'bot_id as botId'])
          .where('id', '=', connectionId)
          .executeTakeFirst();
        if (connection === undefined) return null;
        const accessToken = await tx
          .selectFrom('connection_secret')
          .select(['field', 'generation', 'sealed', 'kid'])
          .where('connection_id', '=', connectionId)
          .where('field', '=', 'access_token')
          .where('generation', '=', connection.generation)
          .executeTakeFirst();
        return { ...connection, accessToken: accessToken ?? null };
      }),
    changeStatus: ({ workspaceId, connectionId, generation, from, to, reason }) =>
      inWorkspace(workspaceId, async tx => {
        const { numUpdatedRows } = await tx
          .updateTable('connection')
          .set({ status: to, status_reason: reason, status_changed_at: sql<Date>`now()` })
          .where('id', '=', connectionId)
          .where('generation', '=', generation)
          .where('status', '=', from)
          .executeTakeFirst();
        return numUpdatedRows === 1n;
      }),
  };
  return { ...custody, list: (workspaceId: WorkspaceId) => inWorkspace(workspaceId, tx => summaries(tx)) };
}

async function summaries(
  tx: Parameters<Parameters<Database<Schema>['inWorkspace']>[1]>[0],
): Promise<ConnectionSummary[]> {
  return tx
    .selectFrom('connection')
    .innerJoin('user_account', 'user_account.id', 'connection.connected_by')
    .select([
      'connection.id',
      'kind',
      'bot_id as botId',
      'audience',
      'status',
      'status_reason as statusReason',
      'status_changed_at as statusChangedAt',
      'notion_owner_name as notionOwnerName',
      'connected_by as connectedBy',
      'user_account.name as connectedByName',
      'connection.created_at as createdAt',
      'authorized_at as authorizedAt',
      'last_used_at as lastUsedAt',
    ])
    .where('status', '<>', 'pending')
    .orderBy('connection.id')
    .execute();
}
