import { sql, type Transaction } from 'kysely';
import type { Disconnections, RevokeConnection } from '../connect/disconnections.ts';
import { connectionStates } from '../domain/connection-states.ts';
import { type ConnectionId, newId, type WorkspaceId } from '../domain/ids.ts';
import type { Database } from './database.ts';
import { destroyTokens } from './discarded-tokens.ts';
import { commitWithEntries, type EventEntries } from './event-entries.ts';
import { moveConnection } from './movers.ts';
import type { Schema } from './schema.ts';

const clock = sql<Date>`now()`;

/** The end of connections, in PostgreSQL. */
export function createDisconnections(
  { system, inWorkspace }: Pick<Database<Schema>, 'system' | 'inWorkspace'>,
  entries: EventEntries,
): Disconnections {
  return {
    block: ({ workspaceId, connectionId }, by, entryOf) =>
      commitWithEntries(
        entries,
        work => inWorkspace(workspaceId, work),
        async (tx, append) => {
          const found = await findInstallation(tx, connectionId);
          if (found === undefined || found.status === 'revoked') return false;
          // Another request came first: the job is there, and the entry too.
          if (connectionStates.stateAfter(found.status, 'disconnected') === null) return true;
          await moveConnection(tx, connectionId, 'disconnected').set({ status_reason: 'disconnected' }).execute();
          const { notionWorkspaceId, botId } = found;
          const names = { notionWorkspaceId, botId };
          await addRevocation(tx, { workspaceId, connectionId, ...names, reason: 'disconnected', by });
          await append([entryOf(names)]);
          return true;
        },
      ),
    find: (workspaceId, connectionId) =>
      // As the system: attempts to connect belong to no workspace until they are confirmed.
      system.transaction().execute(async tx => {
        const query = tx
          .selectFrom('connection')
          .select(['kind', 'origin', 'status'])
          .where('workspace_id', '=', workspaceId)
          .where('id', '=', connectionId);
        const connection = await query.executeTakeFirst();
        return connection === undefined ? null : { ...connection, tokens: await tokensOf(tx, connectionId) };
      }),
    bury: ({ workspaceId, connectionId }, note, entry) =>
      commitWithEntries(
        entries,
        work => system.transaction().execute(work),
        async (tx, append) => {
          const moved = await moveConnection(tx, connectionId, 'buried')
            .set({ status_reason: note })
            .where('workspace_id', '=', workspaceId)
            .executeTakeFirst();
          if (moved.numUpdatedRows !== 1n) return;
          await destroyTokens(tx, connectionId, null);
          await tx.deleteFrom('connect_attempt').where('made_connection_id', '=', connectionId).execute();
          await append([entry]);
          await removeUnconfirmed(tx, workspaceId);
        },
      ),
    async findDiscarded(jobId) {
      const found = await system
        .selectFrom('connection_secret')
        .select(['workspace_id', 'connection_id', 'field', 'generation', 'sealed', 'kid'])
        .where('job_id', '=', jobId)
        .executeTakeFirst();
      if (found === undefined) return null;
      const { workspace_id: workspaceId, connection_id: connectionId, ...token } = found;
      const { field, generation } = token;
      return { place: { workspaceId, connectionId, field, generation }, token };
    },
    destroyDiscarded: (jobId, entry) =>
      commitWithEntries(
        entries,
        work => system.transaction().execute(work),
        async (tx, append) => {
          const query = tx.deleteFrom('connection_secret').where('job_id', '=', jobId).returning('workspace_id');
          const destroyed = await query.executeTakeFirst();
          if (destroyed === undefined) return;
          await append([entry]);
          await removeUnconfirmed(tx, destroyed.workspace_id);
        },
      ),
  };
}

function findInstallation(tx: Transaction<Schema>, connectionId: ConnectionId) {
  return tx
    .selectFrom('connection')
    .innerJoin('workspace', 'workspace.id', 'connection.workspace_id')
    .select(['status', 'bot_id as botId', 'notion_workspace_id as notionWorkspaceId'])
    .where('connection.id', '=', connectionId)
    .forUpdate('connection')
    .executeTakeFirst();
}

/** Tokens that wait for a confirmation which never comes may be another client's than those in use. */
function tokensOf(tx: Transaction<Schema>, connectionId: ConnectionId) {
  return tx
    .selectFrom('connection_secret as secret')
    .innerJoin('connection', 'connection.id', 'secret.connection_id')
    .leftJoin('connect_attempt as attempt', join =>
      join
        .onRef('attempt.made_connection_id', '=', 'secret.connection_id')
        .onRef('attempt.made_generation', '=', 'secret.generation'),
    )
    .select(['field', 'secret.generation', 'secret.sealed', 'kid'])
    .select(({ fn }) => fn.coalesce('attempt.registration_id', 'connection.registration_id').as('registrationId'))
    .where('connection.id', '=', connectionId)
    .where('secret.job_id', 'is', null)
    .execute();
}

/** Adds the job that ends a connection, in the transaction that blocks it. */
export async function addRevocation(tx: Transaction<Schema>, end: RevokeConnection): Promise<void> {
  const payload = JSON.stringify(end);
  const job = { id: newId('job'), workspace_id: end.workspaceId, kind: 'revoke_connection', payload, run_at: clock };
  await tx.insertInto('job').values(job).execute();
}

/** A workspace that was not confirmed never had members: it leaves no row, and its key goes with it. */
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
    // Tokens that wait to be revoked are sealed under its key.
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('connection_secret').select('field').where('workspace_id', '=', workspaceId))),
    )
    .forUpdate()
    .executeTakeFirst();
  if (unconfirmed === undefined) return;
  await tx.deleteFrom('connection').where('workspace_id', '=', workspaceId).execute();
  await tx.deleteFrom('workspace_key').where('workspace_id', '=', workspaceId).execute();
  await tx.updateTable('job').set({ workspace_id: null }).where('workspace_id', '=', workspaceId).execute();
  await tx.deleteFrom('workspace').where('id', '=', workspaceId).execute();
}
