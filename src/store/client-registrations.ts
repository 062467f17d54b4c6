import { sql } from 'kysely';
import type { Registrations } from '../connect/mcp/registrations.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

const clock = sql<Date>`now()`;

/** Clients of ours at authorization servers, as the system: until a workspace is connected they belong to none. */
export function createClientRegistrations({ system }: Pick<Database<Schema>, 'system'>): Registrations {
  const all = () =>
    system
      .selectFrom('client_registration')
      .select([
        'client_registration.id',
        'user_id as userId',
        'issuer',
        'source',
        'client_id as clientId',
        'auth_method as authMethod',
        'sealed_secret as sealedSecret',
        'secret_expires_at as secretExpiresAt',
        'redirect_uri as redirectUri',
        'resource',
        'scope',
      ]);

  return {
    async reusable({ userId, target, issuer, source, redirectUri, resource }) {
      const found = await all()
        .leftJoin('connection', join =>
          join
            .onRef('connection.registration_id', '=', 'client_registration.id')
            .on('connection.status', '<>', 'revoked'),
        )
        .where('user_id', '=', userId)
        .where('issuer', '=', issuer)
        .where('source', '=', source)
        .where('redirect_uri', '=', redirectUri)
        .where('resource', '=', resource)
        .where('refused_at', 'is', null)
        // An attempt takes minutes; whoever reconnects with a secret that is about to end would soon be here again.
        .where(({ or, eb }) =>
          or([eb('secret_expires_at', 'is', null), eb('secret_expires_at', '>', sql<Date>`now() + interval '1 day'`)]),
        )
        .where(({ or, and, eb, not }) =>
          or([
            and([eb('connection.id', 'is', null), not(isClaimed())]),
            and([eb('connection.workspace_id', '=', target), eb('connection.status', '<>', 'revoking')]),
          ]),
        )
        .orderBy('connection.id', order => order.asc().nullsLast())
        .orderBy('client_registration.id')
        .executeTakeFirst();
      return found ?? null;
    },
    async add(registration) {
      await system
        .insertInto('client_registration')
        .values({
          id: registration.id,
          user_id: registration.userId,
          issuer: registration.issuer,
          source: registration.source,
          client_id: registration.clientId,
          auth_method: registration.authMethod,
          sealed_secret: registration.sealedSecret,
          secret_expires_at: registration.secretExpiresAt,
          redirect_uri: registration.redirectUri,
          resource: registration.resource,
          scope: registration.scope,
        })
        .execute();
    },
    find: async id => (await all().where('client_registration.id', '=', id).executeTakeFirst()) ?? null,
    async ofConnection(workspaceId, connectionId) {
      const query = system.selectFrom('connection').select('registration_id').where('workspace_id', '=', workspaceId);
      return (await query.where('id', '=', connectionId).executeTakeFirst())?.registration_id ?? null;
    },
    async noteScope(id, scope) {
      await system.updateTable('client_registration').set({ scope }).where('id', '=', id).execute();
    },
    async refuse(id) {
      await system.updateTable('client_registration').set({ refused_at: clock }).where('id', '=', id).execute();
    },
  };

  /** A callback is on its way with it: its connection comes to be in a moment. */
  function isClaimed() {
    return sql<boolean>`EXISTS (SELECT FROM connect_attempt a WHERE a.registration_id = client_registration.id
      AND a.used_at IS NOT NULL AND a.confirmed_at IS NULL AND a.used_at > now() - interval '10 minutes')`;
  }
}
