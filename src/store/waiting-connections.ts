import { type Kysely, sql, type Transaction } from 'kysely';
import type { AttemptHolder } from '../connect/connect-attempts.ts';
import type { Installations, ReplaceableConnection, WaitingConnection } from '../connect/installations.ts';
import { installationKey, type McpGrantOwner } from '../connect/mcp/installation-key.ts';
import type { ConnectionKind } from '../domain/connection.ts';
import { connectionStates } from '../domain/connection-states.ts';
import type { ConnectionId, UserId, WorkspaceId } from '../domain/ids.ts';
import { endAttempts } from './connect-outcomes.ts';
import type { Database } from './database.ts';
import { destroyTokens, revokeLater } from './discarded-tokens.ts';
import { addRevocation } from './disconnections.ts';
import { commitWithEntries, type EventEntries } from './event-entries.ts';
import { moveAttempt, moveConnection } from './movers.ts';
import type { Schema } from './schema.ts';
import { attemptLifetime } from './waits.ts';

type Waiting = Pick<Installations, 'targetOf' | 'findWaiting' | 'findAnswered' | 'confirm' | 'abandon' | 'overdue'>;
type Queries = Kysely<Schema> | Transaction<Schema>;

const clock = sql<Date>`now()`;
/** Connections that came after this still wait for their confirmation. */
const waitingSince = sql<Date>`now() - ${attemptLifetime}`;

/** Connections between their callback and their confirmation. Each change locks the connection first. */
export function createWaitingConnections({ system }: Pick<Database<Schema>, 'system'>, entries: EventEntries): Waiting {
  return {
    async targetOf(connectionId) {
      const found = await system
        .selectFrom('connect_attempt')
        .select('target_workspace_id')
        .where('made_connection_id', '=', connectionId)
        .orderBy('created_at', 'desc')
        .executeTakeFirst();
      if (found !== undefined) return { workspaceId: found.target_workspace_id };
      const ended = await system
        .selectFrom('connect_outcome')
        .select('target_workspace_id')
        .where('made_connection_id', '=', connectionId)
        .orderBy('ended_at', 'desc')
        .executeTakeFirst();
      return ended === undefined ? null : { workspaceId: ended.target_workspace_id };
    },
    async findAnswered(connectionId, holder) {
      const confirmed = await attemptsOf(system, connectionId, holder)
        .select('made_workspace_id')
        .where('state', '=', 'confirmed')
        .executeTakeFirst();
      if (confirmed?.made_workspace_id) return { confirmedIn: confirmed.made_workspace_id };
      const ended = await system
        .selectFrom('connect_outcome')
        .select('problem')
        .where('made_connection_id', '=', connectionId)
        .where('session_hash', '=', holder.sessionHash)
        .where('user_id', '=', holder.userId)
        .orderBy('ended_at', 'desc')
        .executeTakeFirst();
      return ended ?? null;
    },
    async findWaiting(connectionId, holder) {
      const waiting = await attemptsOf(system, connectionId, holder)
        .innerJoin('connection', 'connection.id', 'connect_attempt.made_connection_id')
        .innerJoin('workspace', 'workspace.id', 'connection.workspace_id')
        .select([
          'workspace.id as workspaceId',
          'workspace.name as workspaceName',
          'workspace.confirmed_at as confirmedAt',
          'connection.id as connectionId',
          'connection.notion_owner_name as notionOwnerName',
          'connection.audience',
          'connection.kind',
          besideIt.as('beside'),
        ])
        .where('connect_attempt.state', '=', 'waiting')
        .where('connect_attempt.used_at', '>', waitingSince)
        .where('connection.status', 'in', connectionStates.statesBefore('confirmed'))
        .executeTakeFirst();
      if (waiting === undefined) return null;
      const { confirmedAt, kind, ...rest } = waiting;
      const isNew = confirmedAt === null;
      return {
        ...rest,
        isNew,
        replaceable: waiting.beside ? await replaceable(system, { ...rest, kind }, holder.userId) : [],
        ...(isNew ? await futureMembers(system, holder.userId) : await members(system, rest.workspaceId)),
      };
    },
    confirm: (connectionId, holder, entryOf) =>
      commitWithEntries(
        entries,
        work => system.transaction().execute(work),
        async (tx, append) => {
          const confirmed = await confirm(tx, connectionId, holder);
          if (confirmed !== null && !confirmed.again) await append([entryOf(confirmed)]);
          return confirmed;
        },
      ),
    abandon: (connectionId, holder) => system.transaction().execute(tx => abandon(tx, connectionId, holder)),
    async overdue() {
      const rows = await system
        .selectFrom('connect_attempt')
        .select('made_connection_id')
        .where('state', '=', 'waiting')
        .where('used_at', '<=', waitingSince)
        .execute();
      return rows.map(row => row.made_connection_id).filter(id => id !== null);
    },
  };
}

/** Null for a connection that was in use before: its new tokens take the place of the old ones. */
const besideIt = sql<number | null>`CASE WHEN connection.status = 'pending' THEN (
  SELECT count(*) FROM connection other WHERE other.workspace_id = connection.workspace_id
     AND other.id <> connection.id AND other.status NOT IN ('pending', 'revoking', 'revoked')) END`;

function replaceable(
  queries: Queries,
  {
    workspaceId,
    connectionId,
    kind,
    audience,
  }: Pick<WaitingConnection, 'workspaceId' | 'connectionId' | 'audience'> & {
    readonly kind: ConnectionKind;
  },
  userId: UserId,
): Promise<ReplaceableConnection[]> {
  return queries
    .selectFrom('connection')
    .select(['id as connectionId', 'notion_owner_name as notionOwnerName'])
    .where('workspace_id', '=', workspaceId)
    .where('id', '<>', connectionId)
    .where('kind', '=', kind)
    .where('audience', '=', audience)
    .where('status', 'not in', ['pending', 'revoking', 'revoked'])
    .$if(audience === 'owner', query => query.where('connected_by', '=', userId))
    .orderBy('id')
    .execute();
}

function attemptsOf(queries: Queries, connectionId: ConnectionId, { sessionHash, userId }: AttemptHolder) {
  return queries
    .selectFrom('connect_attempt')
    .where('made_connection_id', '=', connectionId)
    .where('session_hash', '=', sessionHash)
    .where('connect_attempt.user_id', '=', userId);
}

function lockConnection(tx: Transaction<Schema>, connectionId: ConnectionId) {
  return tx
    .selectFrom('connection')
    .innerJoin('workspace', 'workspace.id', 'connection.workspace_id')
    .select([
      'connection.workspace_id',
      'kind',
      'origin',
      'registration_id',
      'notion_owner_id',
      'bot_id',
      'status',
      'generation',
      'notion_workspace_id',
      'workspace.confirmed_at',
    ])
    .where('connection.id', '=', connectionId)
    .forUpdate('connection')
    .executeTakeFirst();
}

type Locked = NonNullable<Awaited<ReturnType<typeof lockConnection>>>;

function discardingOf(connection: Locked, connectionId: ConnectionId) {
  const { workspace_id: workspaceId, origin } = connection;
  const { notion_workspace_id: notionWorkspaceId, notion_owner_id: notionOwnerId } = connection;
  return { workspaceId, connectionId, origin, notionWorkspaceId, notionOwnerId };
}

async function confirm(tx: Transaction<Schema>, connectionId: ConnectionId, holder: AttemptHolder) {
  const connection = await lockConnection(tx, connectionId);
  if (connection === undefined || connectionStates.stateAfter(connection.status, 'confirmed') === null) return null;
  const attempt = await attemptsOf(tx, connectionId, holder)
    .select(['state_hash', 'made_generation', 'registration_id', 'connect_attempt.state'])
    .where(({ or, eb }) => or([eb('state', '=', 'confirmed'), eb('used_at', '>', waitingSince)]))
    .orderBy('created_at', 'desc')
    .executeTakeFirst();
  if (attempt === undefined || attempt.made_generation === null) return null;
  const { workspace_id: workspaceId, notion_workspace_id: notionWorkspaceId, bot_id: botId } = connection;
  const { kind, notion_owner_id: notionOwnerId } = connection;
  const isNew = connection.confirmed_at === null;
  const confirmed = { workspaceId, kind, notionWorkspaceId, botId, notionOwnerId, isNew };
  // The button was pressed twice: the second press finds what the first one did.
  if (attempt.state === 'confirmed') return { ...confirmed, again: true };
  await moveAttempt(tx, 'confirmed').where('state_hash', '=', attempt.state_hash).execute();
  const { registration_id: registrationId } = attempt;
  const discarding = {
    ...discardingOf(connection, connectionId),
    keptGeneration: attempt.made_generation,
    registrationId: connection.registration_id,
    staying: [registrationId],
  };
  await revokeLater(tx, discarding);
  await putToUse(tx, connectionId, attempt.made_generation);
  if (registrationId !== null && notionOwnerId !== null) {
    await changeClient(tx, connectionId, { registrationId, notionWorkspaceId, notionOwnerId });
  }
  if (confirmed.isNew) await admit(tx, workspaceId, holder.userId);
  return { ...confirmed, again: false };
}

/** The tokens of a generation are the ones in use from now on, and the only ones that are kept. */
export async function putToUse(tx: Transaction<Schema>, connectionId: ConnectionId, generation: number): Promise<void> {
  await moveConnection(tx, connectionId, 'confirmed')
    .set({
      status_reason: null,
      generation,
      authorized_at: clock,
      // The refresh state of the old tokens no longer applies: a refresh that is running finds that it came too late.
      attempt_id: null,
      lease_until: null,
      refresh_after: null,
      refresh_failures: 0,
      unanswered: 0,
      refreshed_at: null,
    })
    .execute();
  await destroyTokens(tx, connectionId, generation);
}

/** New tokens may have come by another client than the old ones: from now on they are refreshed and revoked by that. */
export async function changeClient(
  tx: Transaction<Schema>,
  connectionId: ConnectionId,
  owner: McpGrantOwner,
): Promise<void> {
  const clientId = tx.selectFrom('client_registration').select('client_id').where('id', '=', owner.registrationId);
  await tx
    .updateTable('connection')
    .set({ registration_id: owner.registrationId, oauth_client_id: clientId, bot_id: installationKey(owner) })
    .where('id', '=', connectionId)
    .execute();
}

/** The person who connects a new workspace becomes its admin. */
async function admit(tx: Transaction<Schema>, workspaceId: WorkspaceId, userId: UserId): Promise<void> {
  await tx.updateTable('workspace').set({ confirmed_at: clock }).where('id', '=', workspaceId).execute();
  const membership = { workspace_id: workspaceId, principal_id: userId, role: 'admin', created_by: userId };
  await tx.insertInto('membership').values(membership).execute();
}

async function abandon(tx: Transaction<Schema>, connectionId: ConnectionId, holder: AttemptHolder | 'overdue') {
  const connection = await lockConnection(tx, connectionId);
  const ended = await tx
    .selectFrom('connect_attempt')
    .select(['state_hash', 'registration_id'])
    .where('made_connection_id', '=', connectionId)
    .where('state', '=', 'waiting')
    .$if(holder === 'overdue', query => query.where('used_at', '<=', waitingSince))
    .$if(holder !== 'overdue', query => {
      const { sessionHash, userId } = holder as AttemptHolder;
      return query.where('session_hash', '=', sessionHash).where('user_id', '=', userId);
    })
    .forUpdate()
    .executeTakeFirst();
  if (ended !== undefined)
    await endAttempts(tx, [ended.state_hash], 'abandoned', holder === 'overdue' ? 'not_waiting' : 'cancelled');
  if (connection === undefined || ended === undefined) return false;
  if (connectionStates.stateAfter(connection.status, 'abandoned') === null) {
    const { generation, registration_id } = connection;
    const discarding = {
      ...discardingOf(connection, connectionId),
      keptGeneration: generation,
      registrationId: ended.registration_id,
      staying: [registration_id],
    };
    await revokeLater(tx, discarding);
    await destroyTokens(tx, connectionId, generation);
    return true;
  }
  await moveConnection(tx, connectionId, 'abandoned').set({ status_reason: 'unconfirmed' }).execute();
  await addRevocation(tx, {
    workspaceId: connection.workspace_id,
    connectionId,
    notionWorkspaceId: connection.notion_workspace_id,
    botId: connection.bot_id,
    reason: 'unconfirmed',
    by: holder === 'overdue' ? null : holder.userId,
  });
  return true;
}

async function members(queries: Queries, workspaceId: WorkspaceId) {
  const admins = await queries
    .selectFrom('membership')
    .innerJoin('user_account', 'user_account.id', 'membership.principal_id')
    .select(['user_account.name', 'email'])
    .where('workspace_id', '=', workspaceId)
    .where('role', '=', 'admin')
    .orderBy('user_account.name')
    .execute();
  const { memberCount } = await queries
    .selectFrom('membership')
    .select(({ fn }) => fn.countAll<number>().as('memberCount'))
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirstOrThrow();
  return { admins, memberCount };
}

async function futureMembers(queries: Queries, userId: UserId) {
  const query = queries.selectFrom('user_account').select(['name', 'email']).where('id', '=', userId);
  return { admins: await query.execute(), memberCount: 1 };
}
