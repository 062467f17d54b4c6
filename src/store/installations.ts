import { sql, type Transaction } from 'kysely';
import type { Installations, Landing } from '../connect/installations.ts';
import type { SealedToken } from '../domain/connection.ts';
import { type ConnectionId, newId, type WorkspaceId } from '../domain/ids.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';
import { createWaitingConnections } from './waiting-connections.ts';

/** Installations in PostgreSQL, as the system: until a workspace is confirmed, it is nobody's. */
export function createInstallations(database: Pick<Database<Schema>, 'system'>): Installations {
  const { system } = database;
  return {
    ...createWaitingConnections(database),
    async findWorkspace(notionWorkspaceId) {
      const found = await system
        .selectFrom('workspace')
        .leftJoin('connection', 'connection.workspace_id', 'workspace.id')
        .select(['workspace.id', 'workspace.confirmed_at', 'connection.connected_by'])
        .where('notion_workspace_id', '=', notionWorkspaceId)
        .executeTakeFirst();
      if (found === undefined) return null;
      return { id: found.id, confirmed: found.confirmed_at !== null, connectedBy: found.connected_by };
    },
    async notionIdOf(workspaceId) {
      const query = system.selectFrom('workspace').select('notion_workspace_id').where('id', '=', workspaceId);
      return (await query.executeTakeFirst())?.notion_workspace_id ?? null;
    },
    async isStored(origin, botId) {
      const query = system
        .selectFrom('connection')
        .select('id')
        .where('origin', '=', origin)
        .where('bot_id', '=', botId);
      return (await query.where('status', '<>', 'revoked').executeTakeFirst()) !== undefined;
    },
    addWorkspace: (landing, place, key, tokens) =>
      system.transaction().execute(async tx => {
        const { notionWorkspaceId, workspaceName, workspaceIcon } = landing.installation;
        const { numInsertedOrUpdatedRows } = await tx
          .insertInto('workspace')
          .values({
            id: place.workspaceId,
            notion_workspace_id: notionWorkspaceId,
            name: workspaceName ?? 'Unnamed workspace',
            icon: workspaceIcon,
          })
          .onConflict(conflict => conflict.doNothing())
          .executeTakeFirstOrThrow();
        if (numInsertedOrUpdatedRows !== 1n) return false;
        const { workspaceId, version, kid, wrapped, rootKid } = key;
        await tx
          .insertInto('workspace_key')
          .values({ workspace_id: workspaceId, version, kid, wrapped, root_kid: rootKid, state: 'active' })
          .execute();
        await insertConnection(tx, landing, place);
        await keepWaiting(tx, landing, { ...place, generation: 1 }, tokens);
        return true;
      }),
    addTokens: (landing, workspaceId, seal) =>
      system.transaction().execute(async tx => {
        const made = await makeRoom(tx, landing, workspaceId);
        if (made === null) return null;
        const { connectionId, generation } = made;
        await keepWaiting(tx, landing, { workspaceId, connectionId, generation }, await seal(connectionId, generation));
        return connectionId;
      }),
  };
}

/** The connection that new tokens belong to, and their generation. Null: it is being disconnected. */
async function makeRoom(
  tx: Transaction<Schema>,
  landing: Landing,
  workspaceId: WorkspaceId,
): Promise<{ connectionId: ConnectionId; generation: number } | null> {
  const existing = await tx
    .selectFrom('connection')
    .select(['id', 'workspace_id', 'status', 'generation'])
    .where('origin', '=', landing.origin)
    .where('bot_id', '=', landing.installation.botId)
    .where('kind', '=', 'rest')
    .where('status', '<>', 'revoked')
    .forUpdate()
    .executeTakeFirst();
  if (existing === undefined) {
    const connectionId = newId('con');
    await insertConnection(tx, landing, { workspaceId, connectionId });
    return { connectionId, generation: 1 };
  }
  if (existing.status === 'revoking' || existing.workspace_id !== workspaceId) return null;
  const { id: connectionId, generation, status } = existing;
  await tx
    .deleteFrom('connect_attempt')
    .where('made_connection_id', '=', connectionId)
    .where('confirmed_at', 'is', null)
    .execute();
  // What was never confirmed is replaced; what is in use stays in use.
  const replaced = status === 'pending' ? generation - 1 : generation;
  await tx
    .deleteFrom('connection_secret')
    .where('connection_id', '=', connectionId)
    .where('generation', '>', replaced)
    .execute();
  const next = { generation: generation + 1 };
  if (status === 'pending') await tx.updateTable('connection').set(next).where('id', '=', connectionId).execute();
  return { connectionId, ...next };
}

async function insertConnection(
  tx: Transaction<Schema>,
  { origin, clientId, installation, userId }: Landing,
  { workspaceId, connectionId }: { workspaceId: WorkspaceId; connectionId: ConnectionId },
): Promise<void> {
  await tx
    .insertInto('connection')
    .values({
      id: connectionId,
      workspace_id: workspaceId,
      kind: 'rest',
      origin,
      oauth_client_id: clientId,
      bot_id: installation.botId,
      notion_owner_id: installation.owner?.id ?? null,
      notion_owner_name: installation.owner?.name ?? null,
      // Rule 2: an installation of the integration shows the pages that were picked for it, so members share it.
      audience: 'members',
      connected_by: userId,
      status: 'pending',
    })
    .execute();
}

/** Keeps sealed tokens until the attempt that brought them is confirmed. */
async function keepWaiting(
  tx: Transaction<Schema>,
  { stateHash }: Landing,
  made: { workspaceId: WorkspaceId; connectionId: ConnectionId; generation: number },
  tokens: readonly SealedToken[],
): Promise<void> {
  const { workspaceId, connectionId, generation } = made;
  await tx
    .insertInto('connection_secret')
    .values(tokens.map(token => ({ workspace_id: workspaceId, connection_id: connectionId, ...token })))
    .execute();
  const { numUpdatedRows } = await tx
    .updateTable('connect_attempt')
    .set({ made_workspace_id: workspaceId, made_connection_id: connectionId, made_generation: generation })
    .where('state_hash', '=', stateHash)
    .where('used_at', '>', sql<Date>`now() - interval '10 minutes'`)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) throw new Error('The attempt to connect ended while Notion was asked.');
}
