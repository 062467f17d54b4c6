import { sql, type Transaction } from 'kysely';
import type { Installations, ReceivedTokens } from '../connect/installations.ts';
import type { SealedToken, Tokens } from '../domain/connection.ts';
import { type ConnectionId, newId, type WorkspaceId } from '../domain/ids.ts';
import { actionsHeld, type CompilePolicy } from '../domain/rights.ts';
import type { Now } from '../domain/units.ts';
import { endWaiting } from './connect-outcomes.ts';
import type { Database } from './database.ts';
import { destroyTokens, revokeLater } from './discarded-tokens.ts';
import type { EventEntries } from './event-entries.ts';
import { moveAttempt } from './movers.ts';
import { policyOf } from './policy-of.ts';
import type { Schema } from './schema.ts';
import { changeClient, createWaitingConnections } from './waiting-connections.ts';
import { attemptLifetime } from './waits.ts';

/** Installations in PostgreSQL, as the system: a workspace has no members until it is confirmed. */
export function createInstallations(
  database: Pick<Database<Schema>, 'system'>,
  entries: EventEntries,
  compile: CompilePolicy,
  now: Now,
): Installations {
  const { system } = database;
  return {
    ...createWaitingConnections(database, entries),
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
    async mayReconnect(workspaceId, userId) {
      const policy = compile(await policyOf(system, workspaceId, [userId]));
      const context = { at: now(), door: 'oauth', address: '', signIn: null } as const;
      return actionsHeld(policy, { principal: userId, limit: null, context }).has('connect');
    },
    async isStored(origin, botId) {
      const query = system
        .selectFrom('connection')
        .select('id')
        .where('origin', '=', origin)
        .where('bot_id', '=', botId);
      return (await query.where('status', '<>', 'revoked').executeTakeFirst()) !== undefined;
    },
    addWorkspace: (received, place, key, tokens) =>
      system.transaction().execute(async tx => {
        const { notionWorkspaceId, workspaceName, workspaceIcon } = received.installation;
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
        await insertConnection(tx, received, place);
        await keepWaiting(tx, received, { ...place, generation: 1 }, tokens);
        return true;
      }),
    addTokens: (received, workspaceId, seal) =>
      system.transaction().execute(async tx => {
        const made = await makeRoom(tx, received, workspaceId);
        if (typeof made === 'string') return made;
        const { connectionId, generation } = made;
        await keepWaiting(
          tx,
          received,
          { workspaceId, connectionId, generation },
          await seal(connectionId, generation),
        );
        return connectionId;
      }),
  };
}

/** The connection for the new tokens, and their generation; or why there is none. */
async function makeRoom(
  tx: Transaction<Schema>,
  received: ReceivedTokens,
  workspaceId: WorkspaceId,
): Promise<{ connectionId: ConnectionId; generation: number } | 'being_disconnected' | 'owner_mismatch'> {
  let existing = await findExisting(tx, received, workspaceId);
  if (existing === undefined) {
    const connectionId = newId('con');
    const inserted = await insertConnection(tx, received, { workspaceId, connectionId });
    if (inserted) return { connectionId, generation: 1 };
    // Another process was faster, and has committed by now.
    existing = await findExisting(tx, received, workspaceId);
  }
  if (existing === undefined || existing.status === 'revoking' || existing.workspace_id !== workspaceId)
    return 'being_disconnected';
  if (isSomebodyElses(existing, received)) return 'owner_mismatch';
  const { id: connectionId, generation, status } = existing;
  const isPending = status === 'pending';
  const replaced = await endWaiting(tx, connectionId);
  const { registrationId, origin } = received;
  const { notionWorkspaceId } = received.installation;
  const discarding = {
    workspaceId,
    connectionId,
    origin,
    notionWorkspaceId,
    notionOwnerId: existing.notion_owner_id,
    keptGeneration: isPending ? null : generation,
    registrationId: replaced?.registration_id ?? null,
    staying: isPending ? [registrationId] : [registrationId, existing.registration_id],
  };
  await revokeLater(tx, discarding);
  // Tokens that were never confirmed are replaced; tokens in use stay in use.
  await destroyTokens(tx, connectionId, discarding.keptGeneration);
  // A generation of its own, because a refresh may be running that has one too.
  const { last_generation: next } = await tx
    .updateTable('connection')
    .set(({ eb }) => ({ last_generation: eb('last_generation', '+', 1) }))
    .where('id', '=', connectionId)
    .returning('last_generation')
    .executeTakeFirstOrThrow();
  if (isPending) {
    await tx.updateTable('connection').set({ generation: next }).where('id', '=', connectionId).execute();
    const { notion_owner_id: notionOwnerId } = existing;
    if (registrationId !== null && notionOwnerId !== null) {
      await changeClient(tx, connectionId, { registrationId, notionWorkspaceId, notionOwnerId });
    }
  }
  return { connectionId, generation: next };
}

type Existing = NonNullable<Awaited<ReturnType<typeof findExisting>>>;

/**
 * Tokens never pass from one account at Notion to another. A pasted token for one person alone never passes to another
 * person.
 */
function isSomebodyElses(existing: Existing, { kind, installation, userId }: ReceivedTokens): boolean {
  if (kind === 'mcp') return existing.notion_owner_id !== (installation.owner?.id ?? null);
  return kind === 'internal' && existing.audience === 'owner' && existing.connected_by !== userId;
}

/**
 * The connection that these tokens could be for. For REST it is the connection of the same installation. For hosted MCP
 * it is the member's own connection for this account at Notion, with any client: clients end, and the connection goes
 * on. A connection of another account is in the way only if it uses the very same client.
 */
function findExisting(tx: Transaction<Schema>, received: ReceivedTokens, workspaceId: WorkspaceId) {
  const { kind, origin, installation, userId, registrationId } = received;
  const ownerId = installation.owner?.id ?? null;
  return tx
    .selectFrom('connection')
    .select(['id', 'workspace_id', 'status', 'generation', 'notion_owner_id', 'registration_id'])
    .select(['audience', 'connected_by'])
    .where('origin', '=', origin)
    .where('kind', '=', kind)
    .where('status', '<>', 'revoked')
    .$if(kind !== 'mcp', query => query.where('bot_id', '=', installation.botId))
    .$if(kind === 'mcp', query =>
      query
        .where('workspace_id', '=', workspaceId)
        .where('connected_by', '=', userId)
        .where(({ or, eb }) => or([eb('notion_owner_id', '=', ownerId), eb('registration_id', '=', registrationId)]))
        .orderBy(({ eb }) => eb('notion_owner_id', '=', ownerId), 'desc'),
    )
    .forUpdate()
    .executeTakeFirst();
}

/** False: there is one for this installation already. */
async function insertConnection(
  tx: Transaction<Schema>,
  { kind, origin, clientId, registrationId, installation, userId, audience }: ReceivedTokens,
  { workspaceId, connectionId }: { workspaceId: WorkspaceId; connectionId: ConnectionId },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('connection')
    .values({
      id: connectionId,
      workspace_id: workspaceId,
      kind,
      origin,
      oauth_client_id: clientId,
      registration_id: registrationId,
      bot_id: installation.botId,
      notion_owner_id: installation.owner?.id ?? null,
      notion_owner_name: installation.owner?.name ?? null,
      audience,
      connected_by: userId,
      status: 'pending',
    })
    .onConflict(conflict => conflict.doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

/** By the database's clock, a moment after the answer came. Null: the end is not known. */
function endOf({ lifetimeSeconds }: Tokens) {
  return lifetimeSeconds == null ? null : sql<Date>`now() + make_interval(secs => ${lifetimeSeconds})`;
}

/** Keeps sealed tokens until the attempt that brought them is confirmed. */
async function keepWaiting(
  tx: Transaction<Schema>,
  { stateHash, installation }: ReceivedTokens,
  made: { workspaceId: WorkspaceId; connectionId: ConnectionId; generation: number },
  tokens: readonly SealedToken[],
): Promise<void> {
  const { workspaceId, connectionId, generation } = made;
  await tx
    .insertInto('connection_secret')
    .values(
      tokens.map(token => ({
        workspace_id: workspaceId,
        connection_id: connectionId,
        ...token,
        expires_at: token.field === 'access_token' ? endOf(installation.tokens) : null,
      })),
    )
    .execute();
  // The tokens were meant for a new workspace, but this workspace has admins. So from now on the decision is made
  // there.
  const target = tx.selectFrom('workspace').select('id').where('id', '=', workspaceId);
  const { numUpdatedRows } = await moveAttempt(tx, 'tokens_stored')
    .set({ made_workspace_id: workspaceId, made_connection_id: connectionId, made_generation: generation })
    .set({ target_workspace_id: target.where('confirmed_at', 'is not', null) })
    .where('state_hash', '=', stateHash)
    .where('used_at', '>', sql<Date>`now() - ${attemptLifetime}`)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) throw new Error('The attempt to connect ended while Notion was asked.');
}
