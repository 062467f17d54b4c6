import type { Transaction } from 'kysely';
import type { Invitation, WorkspaceInvitations } from '../accounts/invitation-store.ts';
import type { WorkspaceId } from '../domain/ids.ts';
import type { Schema } from './schema.ts';

/** The invitations of one workspace, in a transaction that sees no other. */
export function workspaceInvitations(tx: Transaction<Schema>, workspaceId: WorkspaceId): WorkspaceInvitations {
  const pending = tx
    .selectFrom('invitation')
    .where('workspace_id', '=', workspaceId)
    .where('accepted_at', 'is', null)
    .where('withdrawn_at', 'is', null)
    .select(['id', 'email', 'role', 'mailed', 'created_by', 'made_with_key', 'created_at', 'expires_at']);
  const changed = tx
    .updateTable('invitation')
    .where('workspace_id', '=', workspaceId)
    .where('accepted_at', 'is', null)
    .where('withdrawn_at', 'is', null);
  return {
    async invitations() {
      const rows = await pending.orderBy('created_at', 'desc').orderBy('id', 'desc').execute();
      return rows.map(toInvitation);
    },
    async lockInvitation(id) {
      const row = await pending.where('id', '=', id).forUpdate().executeTakeFirst();
      return row === undefined ? null : toInvitation(row);
    },
    async addInvitation({ id, email, role, hash, mailed, createdBy, madeWithKey, createdAt, expiresAt }) {
      await changed.set({ withdrawn_at: createdAt }).where('email', '=', email).execute();
      await tx
        .insertInto('invitation')
        .values({
          id,
          workspace_id: workspaceId,
          email,
          role,
          hash,
          mailed,
          created_by: createdBy,
          made_with_key: madeWithKey,
          created_at: createdAt,
          expires_at: expiresAt,
          accepted_at: null,
          accepted_by: null,
          withdrawn_at: null,
        })
        .execute();
    },
    async renewInvitation(id, { hash, mailed, expiresAt, createdBy, madeWithKey }) {
      const link = { hash, mailed, expires_at: expiresAt, created_by: createdBy, made_with_key: madeWithKey };
      await changed.set(link).where('id', '=', id).execute();
    },
    async acceptInvitation(id, by, at) {
      await changed.set({ accepted_at: at, accepted_by: by }).where('id', '=', id).execute();
    },
    async withdrawInvitation(id, at) {
      await changed.set({ withdrawn_at: at }).where('id', '=', id).execute();
    },
    async withdrawInvitationsBy(id, at) {
      await changed.set({ withdrawn_at: at }).where('created_by', '=', id).execute();
    },
    async withdrawInvitationsMadeWith(key, at) {
      await changed.set({ withdrawn_at: at }).where('made_with_key', '=', key).execute();
    },
  };
}

type Row = Pick<
  Schema['invitation'],
  'id' | 'email' | 'role' | 'mailed' | 'created_by' | 'made_with_key' | 'created_at' | 'expires_at'
>;

function toInvitation(row: Row): Invitation {
  return {
    id: row.id,
    email: row.email,
    role: row.role,
    mailed: row.mailed,
    createdBy: row.created_by,
    madeWithKey: row.made_with_key,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}
