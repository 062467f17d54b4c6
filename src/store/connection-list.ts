import type { ConnectionSummary } from '../domain/connection.ts';
import type { WorkspaceId } from '../domain/ids.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

/** The connections of a workspace as people see them, oldest first. What waits to be confirmed is nobody's yet. */
export function createConnectionList({ inWorkspace }: Pick<Database<Schema>, 'inWorkspace'>) {
  return (workspaceId: WorkspaceId): Promise<ConnectionSummary[]> =>
    inWorkspace(workspaceId, tx =>
      tx
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
        .execute(),
    );
}
