import type { Transaction } from 'kysely';
import type { Agent, ApiKey, Member, WorkspaceAccounts } from '../accounts/account-store.ts';
import { type AgentId, type KeyId, newId, type UserId, type WorkspaceId } from '../domain/ids.ts';
import type { Schema } from './schema.ts';

type Tx = Transaction<Schema>;

/** The accounts of one workspace, in a transaction that sees no other. */
export function workspaceAccounts(tx: Tx, workspaceId: WorkspaceId): WorkspaceAccounts {
  return {
    ...locks(tx, workspaceId),
    ...members(tx, workspaceId),
    ...agents(tx, workspaceId),
    ...keys(tx, workspaceId),
  };
}

function locks(tx: Tx, workspaceId: WorkspaceId): Pick<WorkspaceAccounts, 'lock' | 'lockPrincipal'> {
  return {
    async lock() {
      const held = tx.selectFrom('workspace').where('id', '=', workspaceId).select('id').forUpdate();
      return (await held.executeTakeFirst()) !== undefined;
    },
    async lockPrincipal(id) {
      const held = tx.selectFrom('principal').where('id', '=', id).select('disabled_at').forNoKeyUpdate();
      const row = await held.executeTakeFirst();
      return row === undefined ? null : { disabled: row.disabled_at !== null };
    },
  };
}

type MemberQueries = 'members' | 'member' | 'addMember' | 'setRole' | 'removeMember' | 'ensureUser';

function members(tx: Tx, workspaceId: WorkspaceId): Pick<WorkspaceAccounts, MemberQueries> {
  return {
    async members() {
      const rows = await selectMembers(tx, workspaceId)
        .orderBy('membership.created_at')
        .orderBy('membership.principal_id')
        .execute();
      return rows.map(toMember);
    },
    async member(id) {
      const row = await selectMembers(tx, workspaceId).where('membership.principal_id', '=', id).executeTakeFirst();
      return row === undefined ? null : toMember(row);
    },
    async addMember(id, role, createdBy) {
      await tx
        .insertInto('membership')
        .values({ workspace_id: workspaceId, principal_id: id, role, created_by: createdBy })
        .execute();
    },
    async setRole(id, role) {
      await tx
        .updateTable('membership')
        .set({ role })
        .where('workspace_id', '=', workspaceId)
        .where('principal_id', '=', id)
        .execute();
    },
    async removeMember(id) {
      await tx
        .deleteFrom('membership')
        .where('workspace_id', '=', workspaceId)
        .where('principal_id', '=', id)
        .execute();
    },
    async ensureUser({ email, name }) {
      const found = await userIdByEmail(tx, email);
      if (found !== undefined) return found;
      const id = newId('usr');
      await tx.insertInto('principal').values({ id, kind: 'user', disabled_at: null }).execute();
      const added = await tx
        .insertInto('user_account')
        .values({ id, email, name })
        .onConflict(conflict => conflict.column('email').doNothing())
        .executeTakeFirst();
      if (added.numInsertedOrUpdatedRows === 1n) return id;
      // Somebody else made the same account at this moment; a principal without an account is nobody.
      return (await userIdByEmail(tx, email)) ?? id;
    },
  };
}

async function userIdByEmail(tx: Tx, email: string): Promise<UserId | undefined> {
  return (await tx.selectFrom('user_account').where('email', '=', email).select('id').executeTakeFirst())?.id;
}

function selectMembers(tx: Tx, workspaceId: WorkspaceId) {
  return tx
    .selectFrom('membership')
    .innerJoin('principal', 'principal.id', 'membership.principal_id')
    .leftJoin('user_account', 'user_account.id', 'membership.principal_id')
    .leftJoin('agent', 'agent.id', 'membership.principal_id')
    .leftJoin('user_account as owner', 'owner.id', 'agent.owner_id')
    .where('membership.workspace_id', '=', workspaceId)
    .select([
      'membership.principal_id',
      'membership.role',
      'membership.created_at',
      'principal.kind',
      'principal.disabled_at',
      'user_account.name as user_name',
      'user_account.email',
      'agent.name as agent_name',
      'agent.suspended_at',
      'owner.id as owner_id',
      'owner.name as owner_name',
    ]);
}

type MemberRow = Awaited<ReturnType<ReturnType<typeof selectMembers>['execute']>>[number];

function toMember(row: MemberRow): Member {
  return {
    principalId: row.principal_id,
    kind: row.kind,
    name: row.user_name ?? row.agent_name ?? row.principal_id,
    email: row.email,
    owner: row.owner_id === null || row.owner_name === null ? null : { id: row.owner_id, name: row.owner_name },
    role: row.role,
    disabled: row.disabled_at !== null,
    suspended: row.suspended_at !== null,
    createdAt: row.created_at,
  };
}

type AgentQueries = 'agent' | 'addAgent' | 'changeAgent' | 'agentsOf' | 'suspendAgentsOf';

function agents(tx: Tx, workspaceId: WorkspaceId): Pick<WorkspaceAccounts, AgentQueries> {
  const agentsOf = async (owner: UserId): Promise<AgentId[]> => {
    const mine = tx.selectFrom('agent').where('workspace_id', '=', workspaceId).where('owner_id', '=', owner);
    return (await mine.select('id').execute()).map(row => row.id);
  };
  return {
    agentsOf,
    async agent(id): Promise<Agent | null> {
      const row = await tx
        .selectFrom('agent')
        .where('workspace_id', '=', workspaceId)
        .where('id', '=', id)
        .selectAll()
        .executeTakeFirst();
      if (row === undefined) return null;
      const { suspended_at: at, suspended_because: because } = row;
      const suspension = at === null || because === null ? null : { because, at };
      return { id: row.id, name: row.name, ownerId: row.owner_id, suspension };
    },
    async addAgent({ name, ownerId }) {
      const id = newId('agt');
      const unsuspended = { suspended_at: null, suspended_because: null };
      await tx.insertInto('principal').values({ id, kind: 'agent', disabled_at: null }).execute();
      await tx
        .insertInto('agent')
        .values({ id, workspace_id: workspaceId, name, owner_id: ownerId, ...unsuspended })
        .execute();
      return id;
    },
    async changeAgent(id, { name, ownerId, suspension }) {
      await tx
        .updateTable('agent')
        .set({
          name,
          owner_id: ownerId,
          suspended_at: suspension?.at ?? null,
          suspended_because: suspension?.because ?? null,
        })
        .where('workspace_id', '=', workspaceId)
        .where('id', '=', id)
        .execute();
    },
    async suspendAgentsOf(owner, at) {
      const ids = await agentsOf(owner);
      if (ids.length === 0) return;
      await tx.selectFrom('principal').where('id', 'in', ids).orderBy('id').select('id').forNoKeyUpdate().execute();
      await tx
        .updateTable('agent')
        .set({ suspended_at: at, suspended_because: 'owner_gone' })
        .where('id', 'in', ids)
        .where('suspended_at', 'is', null)
        .execute();
    },
  };
}

function keys(tx: Tx, workspaceId: WorkspaceId): Pick<WorkspaceAccounts, 'keys' | 'key' | 'addKey' | 'revokeKey'> {
  return {
    async keys(of) {
      const all = selectKeys(tx, workspaceId).orderBy('api_key.created_at', 'desc').orderBy('api_key.id', 'desc');
      if (of === 'everyone') return (await all.execute()).map(toApiKey);
      if (of.length === 0) return [];
      return (await all.where('api_key.principal_id', 'in', of).execute()).map(toApiKey);
    },
    async key(id) {
      const row = await selectKeys(tx, workspaceId).where('api_key.id', '=', id).executeTakeFirst();
      return row === undefined ? null : toApiKey(row);
    },
    async addKey(key) {
      await tx
        .insertInto('api_key')
        .values({
          id: key.id,
          workspace_id: workspaceId,
          principal_id: key.principalId,
          name: key.name,
          hash: key.hash,
          ending: key.ending,
          ceiling: key.ceiling === null ? null : [...key.ceiling],
          created_by: key.createdBy,
          created_at: key.createdAt,
          expires_at: key.expiresAt,
          last_used_at: null,
          revoked_at: null,
        })
        .execute();
    },
    async revokeKey(id: KeyId, at) {
      await tx
        .updateTable('api_key')
        .set({ revoked_at: at })
        .where('workspace_id', '=', workspaceId)
        .where('id', '=', id)
        .where('revoked_at', 'is', null)
        .execute();
    },
  };
}

function selectKeys(tx: Tx, workspaceId: WorkspaceId) {
  return tx
    .selectFrom('api_key')
    .leftJoin('user_account', 'user_account.id', 'api_key.principal_id')
    .leftJoin('agent', 'agent.id', 'api_key.principal_id')
    .where('api_key.workspace_id', '=', workspaceId)
    .select([
      'api_key.id',
      'api_key.name',
      'api_key.principal_id',
      'api_key.ending',
      'api_key.ceiling',
      'api_key.created_by',
      'api_key.created_at',
      'api_key.expires_at',
      'api_key.last_used_at',
      'api_key.revoked_at',
      'user_account.name as user_name',
      'agent.name as agent_name',
    ]);
}

type KeyRow = Awaited<ReturnType<ReturnType<typeof selectKeys>['execute']>>[number];

function toApiKey(row: KeyRow): ApiKey {
  return {
    id: row.id,
    name: row.name,
    principalId: row.principal_id,
    principalName: row.user_name ?? row.agent_name ?? row.principal_id,
    ending: row.ending,
    ceiling: row.ceiling,
    createdBy: row.created_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
  };
}
