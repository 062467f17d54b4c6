import { sql, type Transaction } from 'kysely';
import type { Disconnections, RevokeConnection } from '../connect/disconnections.ts';
import { newId, type WorkspaceId } from '../domain/ids.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

const clock = sql<Date>`now()`;

/** The end of connections, in PostgreSQL. */
export function createDisconnections(database: Pick<Database<Schema>, 'system' | 'inWorkspace'>): Disconnections {
  const { system, inWorkspace } = database;
  return {
    block: (workspaceId, connectionId, by) =>
      inWorkspace(workspaceId, async tx => {
        const found = await tx
          .selectFrom('connection')
          .innerJoin('workspace', 'workspace.id', 'connection.workspace_id')
          .select(['status', 'bot_id', 'notion_workspace_id'])
          .where('connection.id', '=', connectionId)
          .forUpdate('connection')
          .executeTakeFirst();
        if (found === undefined || found.status === 'revoked') return false;
        if (found.status === 'revoking') return true;
        await tx
          .updateTable('connection')
          .set({ status: 'revoking', status_reason: 'disconnected', status_changed_at: clock })
          .where('id', '=', connectionId)
          .execute();
        const { notion_workspace_id: notionWorkspaceId, bot_id: botId } = found;
        await addRevocation(tx, { workspaceId, connectionId, notionWorkspaceId, botId, reason: 'disconnected', by });
        return true;
      }),
    find: (workspaceId, connectionId) =>
      inWorkspace(workspaceId, async tx => {
        const query = tx
          .selectFrom('connection')
          .select(['kind', 'origin', 'status', 'registration_id as registrationId'])
          .where('id', '=', connectionId);
        const connection = await query.executeTakeFirst();
        if (connection === undefined) return null;
        const tokens = tx.selectFrom('connection_secret').select(['field', 'generation', 'sealed', 'kid']);
        return { ...connection, tokens: await tokens.where('connection_id', '=', connectionId).execute() };
      }),
    bury: (workspaceId, connectionId, note) =>
      system.transaction().execute(async tx => {
        await tx
          .updateTable('connection')
          .set({ status: 'revoked', status_reason: note, status_changed_at: clock })
          .where('id', '=', connectionId)
          .where('status', '<>', 'revoked')
          .execute();
        await tx.deleteFrom('connection_secret').where('connection_id', '=', connectionId).execute();
        await tx.deleteFrom('connect_attempt').where('made_connection_id', '=', connectionId).execute();
        await removeUnconfirmed(tx, workspaceId);
      }),
  };
}

/** Adds the job that ends a connection, in the transaction that blocks it. */
export async function addRevocation(tx: Transaction<Schema>, end: RevokeConnection): Promise<void> {
  const payload = JSON.stringify(end);
  const job = { id: newId('job'), workspace_id: end.workspaceId, kind: 'revoke_connection', payload, run_at: clock };
  await tx.insertInto('job').values(job).execute();
}

/** A workspace that nobody confirmed was never anybody's: it leaves no row, and its key goes with it. */
async function removeUnconfirmed(tx: Transaction<Schema>, workspaceId: WorkspaceId): Promise<void> {
  const unconfirmed = await tx
    .selectFrom('workspace')
    .select('id')
    .where('id', '=', workspaceId)
    .where('confirmed_at', 'is', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('connection')
            .select('connection.id')
            .where('connection.workspace_id', '=', workspaceId)
            .where('status', '<>', 'revoked'),
        ),
      ),
    )
    .forUpdate()
    .executeTakeFirst();
  if (unconfirmed === undefined) return;
  await tx.deleteFrom('connection').where('workspace_id', '=', workspaceId).execute();
  await tx.deleteFrom('workspace_key').where('workspace_id', '=', workspaceId).execute();
  await tx.updateTable('job').set({ workspace_id: null }).where('workspace_id', '=', workspaceId).execute();
  await tx.deleteFrom('workspace').where('id', '=', workspaceId).execute();
}
