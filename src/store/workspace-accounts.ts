import type { Transaction } from 'kysely';
import type { AgentAccount, WorkspaceAccounts } from '../accounts/account-store.ts';
import { type AgentId, type KeyId, newId, type UserId, type WorkspaceId } from '../domain/ids.ts';
import { findKeys, selectKeys, toApiKey } from './key-rows.ts';
import { findMembers, selectMembers, toMember } from './member-rows.ts';
import { policyOf } from './policy-of.ts';
import type { Schema } from './schema.ts';
import { workspaceInvitations } from './workspace-invitations.ts';

type Tx = Transaction<Schema>;

/** The accounts of one workspace, in a transaction that sees no other. */
export function workspaceAccounts(tx: Tx, workspaceId: WorkspaceId): WorkspaceAccounts {
  return {
    ...locks(tx, workspaceId),
    ...members(tx, workspaceId),
    ...agents(tx, workspaceId),
    ...keys(tx, workspaceId),
    ...workspaceInvitations(tx, workspaceId),
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

type MemberQueries =
  | 'policyOf'
  | 'members'
  | 'findMembers'
  | 'member'
  | 'addMember'
  | 'setRole'
  | 'hasOwnConnections'
  | 'removeMember';

function members(tx: Tx, workspaceId: WorkspaceId): Pick<WorkspaceAccounts, MemberQueries> {
  return {
    policyOf: principals => policyOf(tx, workspaceId, principals),
    async members() {
      const rows = await selectMembers(tx, workspaceId)
        .orderBy('membership.created_at')
        .orderBy('membership.principal_id')
        .execute();
      return rows.map(toMember);
    },
    findMembers: (listing, searched) => findMembers(tx, workspaceId, listing, searched),
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
    async hasOwnConnections(id) {
      const found = await tx
        .selectFrom('connection')
        .where('workspace_id', '=', workspaceId)
        .where('connected_by', '=', id as UserId)
        .where('audience', '=', 'owner')
        .where('status', '<>', 'revoked')
        .select('id')
        .executeTakeFirst();
      return found !== undefined;
    },
    async removeMember(id) {
      await tx
        .deleteFrom('membership')
        .where('workspace_id', '=', workspaceId)
        .where('principal_id', '=', id)
        .execute();
    },
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
    async agent(id): Promise<AgentAccount | null> {
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

function keys(tx: Tx, workspaceId: WorkspaceId): Pick<WorkspaceAccounts, 'findKeys' | 'key' | 'addKey' | 'revokeKey'> {
  return {
    findKeys: (of, listing) => findKeys(tx, workspaceId, of, listing),
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
          under: key.under === null ? null : [...key.under],
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
