import type { Transaction } from 'kysely';
import type { PastedConnection, PastedToken, PastedTokens } from '../connect/pasted-tokens.ts';
import { type ConnectionId, newId } from '../domain/ids.ts';
import { endWaiting } from './connect-outcomes.ts';
import type { Database } from './database.ts';
import { commitWithEntries, type EventEntries } from './event-entries.ts';
import type { Schema } from './schema.ts';
import { putToUse } from './waiting-connections.ts';

type Tx = Transaction<Schema>;

/** Pasted tokens in PostgreSQL. */
export function createPastedTokens({ system }: Pick<Database<Schema>, 'system'>, entries: EventEntries): PastedTokens {
  return {
    store: (pasted, seal, entryOf) =>
      commitWithEntries(
        entries,
        work => system.transaction().execute(work),
        async (tx, append) => {
          const made = await makeRoom(tx, pasted);
          if (typeof made === 'string') return made;
          const { connectionId, generation, audience } = made;
          const { workspaceId, identity } = pasted;
          const tokens = await seal(connectionId, generation);
          await tx
            .insertInto('connection_secret')
            .values(tokens.map(token => ({ workspace_id: workspaceId, connection_id: connectionId, ...token })))
            .execute();
          await putToUse(tx, connectionId, generation);
          const { botId, notionWorkspaceId, owner } = identity;
          const names = { workspaceId, kind: 'internal', botId, notionWorkspaceId } as const;
          await append([entryOf(connectionId, { ...names, notionOwnerId: owner?.id ?? null, isNew: false })]);
          return { connectionId, audience };
        },
      ),
  };
}

/** The connection for the token, and its generation; or why there is none. */
async function makeRoom(
  tx: Tx,
  pasted: PastedToken,
): Promise<(PastedConnection & { readonly generation: number }) | 'being_disconnected' | 'owner_mismatch'> {
  // If the insertion finds a row, another process was faster, and has committed by now.
  const existing =
    (await findStored(tx, pasted)) ?? (await insertConnection(tx, pasted)) ?? (await findStored(tx, pasted));
  if (existing === undefined) return 'being_disconnected';
  if ('generation' in existing) return existing;
  if (existing.status === 'revoking' || existing.workspace_id !== pasted.workspaceId) return 'being_disconnected';
  if (existing.audience === 'owner' && existing.connected_by !== pasted.userId) return 'owner_mismatch';
  // One that waits to be confirmed ends: its tokens are replaced.
  await endWaiting(tx, existing.id);
  const audience = pasted.audience ?? existing.audience;
  const { last_generation: generation } = await tx
    .updateTable('connection')
    .set(({ eb }) => ({ audience, connected_by: pasted.userId, last_generation: eb('last_generation', '+', 1) }))
    .where('id', '=', existing.id)
    .returning('last_generation')
    .executeTakeFirstOrThrow();
  return { connectionId: existing.id, generation, audience };
}

function findStored(tx: Tx, { origin, identity }: PastedToken) {
  return tx
    .selectFrom('connection')
    .select(['id', 'workspace_id', 'status', 'audience', 'connected_by'])
    .where('origin', '=', origin)
    .where('bot_id', '=', identity.botId)
    .where('kind', '=', 'internal')
    .where('status', '<>', 'revoked')
    .forUpdate()
    .executeTakeFirst();
}

async function insertConnection(tx: Tx, { workspaceId, userId, origin, identity, audience }: PastedToken) {
  const connectionId: ConnectionId = newId('con');
  const made = { connectionId, generation: 1, audience: audience ?? 'owner' } as const;
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('connection')
    .values({
      id: connectionId,
      workspace_id: workspaceId,
      kind: 'internal',
      origin,
      oauth_client_id: null,
      bot_id: identity.botId,
      notion_owner_id: identity.owner?.id ?? null,
      notion_owner_name: identity.owner?.name ?? null,
      audience: made.audience,
      connected_by: userId,
      status: 'pending',
    })
    .onConflict(conflict => conflict.doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n ? made : undefined;
}
