import { type Kysely, sql, type Transaction } from 'kysely';
import type {
  DeleteClient,
  Registrations,
  RegistrationWish,
  StoredRegistration,
} from '../connect/mcp/registrations.ts';
import { newId, type RegistrationId } from '../domain/ids.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';
import { attemptLifetime } from './waits.ts';

type Queries = Kysely<Schema> | Transaction<Schema>;

const clock = sql<Date>`now()`;
/** Removed in one go; the rest is left to the next. */
const removalsMax = 20;

/** Our clients at authorization servers, as the system: until a workspace is connected they belong to none. */
export function createRegistrations({ system }: Pick<Database<Schema>, 'system'>): Registrations {
  return {
    takeUp: wish => system.transaction().execute(tx => takeUp(tx, wish)),
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
          management_uri: registration.management?.uri ?? null,
          sealed_management_token: registration.management?.sealedToken ?? null,
          redirect_uri: registration.redirectUri,
          resource: registration.resource,
          scope: registration.scope,
        })
        .execute();
    },
    find: id => find(system, id),
    async isStoodOn(id) {
      const query = system.selectFrom('connection').select('id').where('registration_id', '=', id);
      return (await query.where('status', '<>', 'revoked').executeTakeFirst()) !== undefined;
    },
    async noteScope(id, scope) {
      await system.updateTable('client_registration').set({ scope }).where('id', '=', id).execute();
    },
    async refuse(id) {
      await system.updateTable('client_registration').set({ refused_at: clock }).where('id', '=', id).execute();
    },
    async removeUnused() {
      for (let removed = 0; removed < removalsMax; removed++) {
        if (!(await system.transaction().execute(removeOne))) return;
      }
    },
  };
}

async function find(queries: Queries, id: RegistrationId): Promise<StoredRegistration | null> {
  const found = await queries.selectFrom('client_registration').selectAll().where('id', '=', id).executeTakeFirst();
  if (found === undefined) return null;
  const { management_uri: uri, sealed_management_token: sealedToken } = found;
  return {
    id,
    userId: found.user_id,
    issuer: found.issuer,
    source: found.source,
    clientId: found.client_id,
    authMethod: found.auth_method,
    sealedSecret: found.sealed_secret,
    secretExpiresAt: found.secret_expires_at,
    management: uri === null || sealedToken === null ? null : { uri, sealedToken },
    redirectUri: found.redirect_uri,
    resource: found.resource,
    scope: found.scope,
  };
}

async function takeUp(tx: Transaction<Schema>, wish: RegistrationWish): Promise<StoredRegistration | null> {
  const { userId, target, issuer, source, clientId, redirectUri, resource } = wish;
  const found = await tx
    .selectFrom('client_registration')
    .select('client_registration.id')
    .leftJoin('connection', join =>
      join.onRef('connection.registration_id', '=', 'client_registration.id').on('connection.status', '<>', 'revoked'),
    )
    .where('user_id', '=', userId)
    .where('issuer', '=', issuer)
    .where('source', '=', source)
    .where('redirect_uri', '=', redirectUri)
    .where('resource', '=', resource)
    .where('refused_at', 'is', null)
    .$if(clientId !== null, query => query.where('client_id', '=', clientId))
    // An attempt takes minutes. A person who reconnects with a secret that is about to end would soon have to come
    // back.
    .where(({ or, eb }) =>
      or([eb('secret_expires_at', 'is', null), eb('secret_expires_at', '>', sql<Date>`now() + interval '1 day'`)]),
    )
    .where(({ or, eb }) => or([eb('source', '<>', 'dynamic'), wasHeardOf]))
    .where(({ or, and, eb, not }) =>
      or([
        and([eb('connection.id', 'is', null), not(isClaimed()), not(isBeingRevoked)]),
        and([eb('connection.workspace_id', '=', target), eb('connection.status', '<>', 'revoking')]),
      ]),
    )
    .orderBy('connection.id', order => order.asc().nullsLast())
    .orderBy('client_registration.id')
    .executeTakeFirst();
  if (found === undefined) return null;
  // From here on it is in use, unless it was removed a moment ago.
  await tx.updateTable('client_registration').set({ used_at: clock }).where('id', '=', found.id).execute();
  return find(tx, found.id);
}

/**
 * A server that has forgotten an unused client (Notion does after 90 days) says so on a page of its own. The browser
 * does not come back from there, so we would not notice. Without this, a person who presses Connect with such a client
 * would meet that page for ever.
 */
const wasHeardOf = sql<boolean>`greatest(client_registration.created_at, connection.authorized_at, connection.refreshed_at)
  > now() - interval '30 days'`;

/** A callback is on its way with it: its connection comes to be in a moment. */
function isClaimed() {
  return sql<boolean>`EXISTS (SELECT FROM connect_attempt a WHERE a.registration_id = client_registration.id
    AND a.state IN ('redeeming', 'waiting') AND a.used_at > now() - ${attemptLifetime})`;
}

/** A grant of this client is about to be revoked. A grant that the client gets meanwhile could end with it. */
const isBeingRevoked = sql<boolean>`EXISTS (SELECT FROM job j WHERE j.state <> 'done'
    AND j.kind = 'revoke_token' AND j.payload ->> 'registrationId' = client_registration.id)`;

/**
 * The client was not used for a week, no connection uses it, and none that used it has ended within the week. A spool
 * or a job may still bring a token of an ended connection, and only its client can revoke that token.
 */
const isUnused = sql<boolean>`used_at < now() - interval '7 days'
  AND NOT EXISTS (SELECT FROM connection c WHERE c.registration_id = client_registration.id
                   AND (c.status <> 'revoked' OR c.status_changed_at > now() - interval '7 days'))
  AND NOT EXISTS (SELECT FROM connect_attempt a WHERE a.registration_id = client_registration.id)
  AND NOT EXISTS (SELECT FROM job j WHERE j.state <> 'done' AND j.payload ->> 'registrationId' = client_registration.id)`;

/** False: there is no client to remove. */
async function removeOne(tx: Transaction<Schema>): Promise<boolean> {
  const locked = await tx
    .selectFrom('client_registration')
    .select('id')
    .where(isUnused)
    .orderBy('used_at')
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
  if (locked === undefined) return false;
  // Checked again under the lock, without which nothing can refer to it: this check sees what came in between.
  const unused = await tx
    .selectFrom('client_registration')
    .select(['issuer', 'client_id', 'management_uri', 'sealed_management_token'])
    .where('id', '=', locked.id)
    .where(isUnused)
    .executeTakeFirst();
  if (unused === undefined) return true;
  const { issuer, client_id: clientId, management_uri: uri, sealed_management_token: sealedToken } = unused;
  // The rows that ended connections leave behind do not need the client.
  await tx.updateTable('connection').set({ registration_id: null }).where('registration_id', '=', locked.id).execute();
  await tx.deleteFrom('client_registration').where('id', '=', locked.id).execute();
  if (uri === null || sealedToken === null) return true;
  const payload: DeleteClient = { registrationId: locked.id, issuer, clientId, uri, sealedToken };
  const job = { id: newId('job'), workspace_id: null, kind: 'delete_client', payload: JSON.stringify(payload) };
  await tx
    .insertInto('job')
    .values({ ...job, run_at: clock })
    .execute();
  return true;
}
