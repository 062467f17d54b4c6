import type { Selectable } from 'kysely';
import { isAction } from '../domain/action.ts';
import type { Consent } from '../domain/consent.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { ConsentStore } from '../oauth-server/consent-store.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

/** What people allowed MCP clients to do, each workspace's under row-level security. */
export function createConsentStore({ inWorkspace }: Pick<Database<Schema>, 'inWorkspace'>): ConsentStore {
  return {
    add: consent =>
      inWorkspace(consent.workspaceId, async tx => {
        // In order of id, which is the order in which all code locks them.
        const held = await tx
          .selectFrom('principal')
          .where('id', 'in', [consent.userId, consent.principalId])
          .select('disabled_at')
          .orderBy('id')
          .forNoKeyUpdate()
          .execute();
        const members = await tx
          .selectFrom('membership')
          .where('principal_id', 'in', [consent.userId, consent.principalId])
          .select('principal_id')
          .execute();
        if (members.length !== new Set([consent.userId, consent.principalId]).size) {
          throw new PortcullisError('not_found', 'There is no such member.');
        }
        if (held.some(row => row.disabled_at !== null))
          throw new PortcullisError('conflict', 'This account is disabled.');
        await tx
          .insertInto('consent')
          .values({
            id: consent.id,
            workspace_id: consent.workspaceId,
            principal_id: consent.principalId,
            user_id: consent.userId,
            client_id: consent.clientId,
            client_name: consent.clientName,
            resource: consent.resource,
            ceiling: [...consent.ceiling],
            under: consent.under === null ? null : [...consent.under],
            created_at: consent.createdAt,
            expires_at: consent.expiresAt,
            last_used_at: null,
            revoked_at: null,
          })
          .execute();
      }),
    list: (workspaceId, of, at) =>
      inWorkspace(workspaceId, async tx => {
        const rows = await tx
          .selectFrom('consent')
          .selectAll()
          .where('user_id', '=', of)
          .where('revoked_at', 'is', null)
          .where('expires_at', '>', at)
          .orderBy('created_at', 'desc')
          .execute();
        return rows.map(consentOf);
      }),
    find: (workspaceId, id) =>
      inWorkspace(workspaceId, async tx => {
        const row = await tx.selectFrom('consent').selectAll().where('id', '=', id).executeTakeFirst();
        return row === undefined ? null : consentOf(row);
      }),
    revoke: (workspaceId, id, at) =>
      inWorkspace(workspaceId, async tx => {
        await tx
          .updateTable('consent')
          .set({ revoked_at: at })
          .where('id', '=', id)
          .where('revoked_at', 'is', null)
          .execute();
      }),
    agentsOf: (workspaceId, userId) =>
      inWorkspace(workspaceId, tx =>
        tx
          .selectFrom('agent')
          .innerJoin('membership', 'membership.principal_id', 'agent.id')
          .where('agent.owner_id', '=', userId)
          .where('agent.suspended_at', 'is', null)
          .select(['agent.id', 'agent.name'])
          .orderBy('agent.name')
          .execute(),
      ),
  };
}

function consentOf(row: Selectable<Schema['consent']>): Consent {
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    principalId: row.principal_id,
    userId: row.user_id,
    clientId: row.client_id,
    clientName: row.client_name,
    resource: row.resource,
    ceiling: row.ceiling.filter(isAction),
    under: row.under,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
  };
}
