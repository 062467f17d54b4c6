import type { Transaction } from 'kysely';
import type { ConnectionSummary } from '../domain/connection.ts';
import type { WorkspaceId } from '../domain/ids.ts';
import type { Caller } from '../domain/principal.ts';
import { actionsHeld, askerNow, type CompilePolicy } from '../domain/rights.ts';
import type { Now } from '../domain/units.ts';
import type { Database } from './database.ts';
import { policyOf } from './policy-of.ts';
import type { Schema } from './schema.ts';

/**
 * The connections of a workspace as people see them, oldest first. A connection that waits to be confirmed belongs to
 * no one yet, and is left out. A reader sees the connections that they may use, or all if they manage connections:
 * other members must not see a connection of one person alone (rule 2). Without a reader, the list has all connections.
 */
export function createConnectionList(
  { inWorkspace }: Pick<Database<Schema>, 'inWorkspace'>,
  compile: CompilePolicy,
  now: Now,
) {
  async function mayConnect(tx: Transaction<Schema>, workspaceId: WorkspaceId, reader: Caller): Promise<boolean> {
    const asker = askerNow(reader, now());
    if (asker === null) return false;
    return actionsHeld(compile(await policyOf(tx, workspaceId, [asker.principal])), asker).has('connect');
  }

  return (workspaceId: WorkspaceId, reader?: Caller): Promise<ConnectionSummary[]> =>
    inWorkspace(workspaceId, async tx => {
      const connections = await connectionsIn(tx);
      if (reader === undefined || (await mayConnect(tx, workspaceId, reader))) return connections;
      const own = 'id' in reader.principal ? reader.principal.id : null;
      return connections.filter(({ audience, connectedBy }) => audience === 'members' || connectedBy === own);
    });
}

function connectionsIn(tx: Transaction<Schema>): Promise<ConnectionSummary[]> {
  return tx
    .selectFrom('connection')
    .innerJoin('user_account', 'user_account.id', 'connection.connected_by')
    .leftJoin('connection_secret as token', token =>
      token
        .onRef('token.connection_id', '=', 'connection.id')
        .onRef('token.generation', '=', 'connection.generation')
        .on('token.field', '=', 'access_token'),
    )
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
      'refreshed_at as refreshedAt',
      'token.expires_at as accessExpiresAt',
    ])
    .where('status', '<>', 'pending')
    .orderBy('connection.id')
    .execute();
}
