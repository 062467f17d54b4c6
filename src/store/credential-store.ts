import { type Kysely, sql } from 'kysely';
import { type Action, isAction } from '../domain/action.ts';
import { type ConsentId, isId, type KeyId, type SessionId } from '../domain/ids.ts';
import { sessionIdleMs } from '../domain/session-lifetime.ts';
import type { CredentialStore, StoredCredential } from '../identify/credential-store.ts';
import type { Schema } from './schema.ts';

/** Looks credentials up as `portcullis_system`: before a credential is known, so is not the workspace. */
export function createCredentialStore(system: Kysely<Schema>): CredentialStore {
  return {
    find(kind, hash) {
      if (kind === 'file_link') return findLink(system, hash);
      if (kind === 'access_token') return findAccessToken(system, hash);
      return kind === 'api_key' ? findKey(system, { hash }) : findSession(system, { hash });
    },
    async noteUses(uses) {
      const keys = uses.filter(use => isId('key', use.id));
      const sessions = uses.filter(use => isId('ses', use.id));
      if (keys.length > 0) {
        await sql`
          UPDATE api_key SET last_used_at = greatest(last_used_at, use.at)
            FROM unnest(${keys.map(use => use.id)}::text[], ${keys.map(use => use.at)}::timestamptz[]) AS use(id, at)
           WHERE api_key.id = use.id`.execute(system);
      }
      const consents = uses.filter(use => isId('cns', use.id));
      if (consents.length > 0) {
        await sql`
          UPDATE consent SET last_used_at = greatest(last_used_at, use.at)
            FROM unnest(${consents.map(use => use.id)}::text[], ${consents.map(use => use.at)}::timestamptz[]) AS use(id, at)
           WHERE consent.id = use.id`.execute(system);
      }
      if (sessions.length > 0) {
        await sql`
          UPDATE session
             SET last_seen_at = greatest(last_seen_at, use.at),
                 idle_expires_at = greatest(idle_expires_at, use.at + ${sessionIdleMs} * interval '1 millisecond')
            FROM unnest(${sessions.map(use => use.id)}::text[], ${sessions.map(use => use.at)}::timestamptz[]) AS use(id, at)
           WHERE session.id = use.id`.execute(system);
      }
    },
  };
}

/** A link opens files of one workspace. It gives none of the other rights of its key or session. */
async function findLink(system: Kysely<Schema>, hash: Buffer): Promise<StoredCredential | null> {
  const ticket = await system
    .selectFrom('file_ticket')
    .where('hash', '=', hash)
    .select(['workspace_id', 'credential_id', 'expires_at'])
    .executeTakeFirst();
  if (ticket === undefined) return null;
  const { workspace_id: boundTo, credential_id: id, expires_at: expiresAt } = ticket;
  const given = await findById(system, id);
  if (given === null) return null;
  return {
    ...given,
    expiresAt: given.expiresAt < expiresAt ? given.expiresAt : expiresAt,
    boundTo,
    ceiling: new Set(linkActions.filter(action => given.ceiling?.has(action) ?? true)),
    deploymentRights: new Set(),
  };
}

function findById(system: Kysely<Schema>, id: StoredCredential['id']): Promise<StoredCredential | null> {
  if (isId('key', id)) return findKey(system, { id });
  return isId('cns', id) ? findConsent(system, id) : findSession(system, { id: id as SessionId });
}

const linkActions = ['file.read'] as const satisfies readonly Action[];

/** An access token has the rights of the consent behind it, for as long as both are valid. */
async function findAccessToken(system: Kysely<Schema>, hash: Buffer): Promise<StoredCredential | null> {
  const token = await system
    .selectFrom('oauth_record')
    .where('kind', '=', 'AccessToken')
    .where('hash', '=', hash)
    .select(['consent_id', 'expires_at'])
    .executeTakeFirst();
  const consent = token?.consent_id ? await findConsent(system, token.consent_id) : null;
  if (token === undefined || consent === null) return null;
  return { ...consent, expiresAt: token.expires_at < consent.expiresAt ? token.expires_at : consent.expiresAt };
}

async function findConsent(system: Kysely<Schema>, id: ConsentId): Promise<StoredCredential | null> {
  const row = await system
    .selectFrom('consent')
    .innerJoin('principal', 'principal.id', 'consent.principal_id')
    .innerJoin('principal as person', 'person.id', 'consent.user_id')
    .leftJoin('agent', 'agent.id', 'consent.principal_id')
    .where('consent.id', '=', id)
    .selectAll('consent')
    .select([
      'principal.epoch',
      'principal.disabled_at',
      'person.disabled_at as person_disabled_at',
      'agent.owner_id',
      'agent.suspended_at',
    ])
    .executeTakeFirst();
  if (row === undefined) return null;
  const principal = principalOf(row.principal_id, row.owner_id);
  if (principal === null) return null;
  return {
    id,
    principal,
    epoch: row.epoch,
    revoked: row.revoked_at !== null,
    principalDisabled: row.disabled_at !== null || row.suspended_at !== null || row.person_disabled_at !== null,
    expiresAt: row.expires_at,
    idleExpiresAt: null,
    boundTo: row.workspace_id,
    ceiling: new Set(row.ceiling.filter(isAction)),
    under: row.under,
    signIn: { strength: 'key', at: null },
    deploymentRights: new Set<Action>(),
    resource: row.resource,
  };
}

type By<Id> = { readonly hash: Buffer } | { readonly id: Id };

async function findKey(system: Kysely<Schema>, by: By<KeyId>): Promise<StoredCredential | null> {
  const row = await system
    .selectFrom('api_key')
    .innerJoin('principal', 'principal.id', 'api_key.principal_id')
    .leftJoin('agent', 'agent.id', 'api_key.principal_id')
    .leftJoin('principal as owner', 'owner.id', 'agent.owner_id')
    .where('hash' in by ? 'api_key.hash' : 'api_key.id', '=', 'hash' in by ? by.hash : by.id)
    .select([
      'api_key.id',
      'api_key.workspace_id',
      'api_key.principal_id',
      'api_key.ceiling',
      'api_key.under',
      'api_key.expires_at',
      'api_key.revoked_at',
      'principal.epoch',
      'principal.disabled_at',
      'agent.owner_id',
      'agent.suspended_at',
      'owner.disabled_at as owner_disabled_at',
    ])
    .executeTakeFirst();
  if (row === undefined) return null;
  const principal = principalOf(row.principal_id, row.owner_id);
  if (principal === null) return null;
  return {
    id: row.id,
    principal,
    epoch: row.epoch,
    revoked: row.revoked_at !== null,
    principalDisabled: row.disabled_at !== null || row.suspended_at !== null || row.owner_disabled_at !== null,
    expiresAt: row.expires_at,
    idleExpiresAt: null,
    boundTo: row.workspace_id,
    ceiling: row.ceiling && new Set(row.ceiling.filter(isAction)),
    under: row.under,
    signIn: { strength: 'key', at: null },
    // A key belongs to one workspace. Rights in the deployment as a whole need a person who has signed in.
    deploymentRights: new Set<Action>(),
    resource: null,
  };
}

async function findSession(system: Kysely<Schema>, by: By<SessionId>): Promise<StoredCredential | null> {
  const row = await system
    .selectFrom('session')
    .innerJoin('user_account', 'user_account.id', 'session.user_id')
    .innerJoin('principal', 'principal.id', 'session.user_id')
    .where('hash' in by ? 'session.hash' : 'session.id', '=', 'hash' in by ? by.hash : by.id)
    .select([
      'session.id',
      'session.user_id',
      'session.expires_at',
      'session.idle_expires_at',
      'session.ended_at',
      'session.opened_by',
      'session.created_at',
      'principal.epoch',
      'principal.disabled_at',
      'user_account.deployment_rights',
    ])
    .executeTakeFirst();
  if (row === undefined) return null;
  return {
    id: row.id,
    principal: { kind: 'user', id: row.user_id },
    epoch: row.epoch,
    revoked: row.ended_at !== null,
    principalDisabled: row.disabled_at !== null,
    expiresAt: row.expires_at,
    idleExpiresAt: row.idle_expires_at,
    boundTo: null,
    ceiling: null,
    under: null,
    signIn: { strength: row.opened_by, at: row.created_at },
    deploymentRights: new Set(row.deployment_rights.filter(isAction)),
    resource: null,
  };
}

function principalOf(id: string, owner: string | null): StoredCredential['principal'] | null {
  if (isId('usr', id)) return { kind: 'user', id };
  return isId('agt', id) && isId('usr', owner) ? { kind: 'agent', id, owner } : null;
}
