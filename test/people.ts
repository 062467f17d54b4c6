import { randomBytes, randomUUID } from 'node:crypto';
import type { Accounts } from '../src/accounts/accounts.ts';
import { deploymentRights } from '../src/accounts/author.ts';
import type { Mail } from '../src/accounts/mail.ts';
import { compilePolicy } from '../src/authorize/compile-policy.ts';
import { openAccounts } from '../src/compose/accounts.ts';
import type { Action, BuiltInRole } from '../src/domain/action.ts';
import type { HashCredential } from '../src/domain/credential-hash.ts';
import { type AgentId, newId, type PrincipalId, type UserId, type WorkspaceId } from '../src/domain/ids.ts';
import type { Caller } from '../src/domain/principal.ts';
import { dayMs } from '../src/domain/units.ts';
import type { Identify } from '../src/identify/identify.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import type { Schema } from '../src/store/schema.ts';
import { createStores } from '../src/store/stores.ts';
import { deriveKeysFrom } from '../src/vault/derive-key.ts';
import { freshDatabase } from './postgres.ts';

export const publicUrl = 'https://portcullis.test';

/** People and agents, with a clock that stands still until a test moves it. */
export interface PeopleIn {
  readonly database: Database<Schema>;
  readonly accounts: Accounts;
  readonly identify: Identify;
  readonly clock: { now(): Date; advance(ms: number): void };
  aWorkspace(): Promise<WorkspaceId>;
  aUser(user?: { email?: string; rights?: readonly Action[] }): Promise<UserId>;
  /** A new user in that role. */
  aMember(workspaceId: WorkspaceId, role: BuiltInRole): Promise<UserId>;
  join(workspaceId: WorkspaceId, id: PrincipalId, role: BuiltInRole): Promise<void>;
  /** The caller who presents this key. */
  callerOf(key: string): Promise<Caller>;
}

/** The same on a database of their own, with nothing else of Portcullis. */
export interface People extends PeopleIn {
  readonly hashCredential: HashCredential;
  /** A new identify over the same database: another instance of Portcullis. */
  anotherInstance(): Identify;
  close(): Promise<void>;
}

/** A list from its beginning, as far as it goes on one page. */
export const firstMembers = { sort: 'joined', order: 'asc', offset: 0, limit: 200 } as const;
export const firstKeys = { sort: 'created', order: 'desc', offset: 0, limit: 200, ended: true } as const;

/** A person who has signed in. */
export function signedIn(id: UserId, rights: readonly Action[] = []): Caller {
  const nothing = { epoch: null, boundTo: null, ceiling: null, under: null, signIn: null };
  return { principal: { kind: 'user', id }, credential: newId('ses'), ...nothing, deploymentRights: new Set(rights) };
}

/** A person who has signed in and has every right in the deployment. */
export function operator(id: UserId): Caller {
  return signedIn(id, deploymentRights);
}

/** Time that stands still until a test moves it. */
export function aStandingClock(): People['clock'] {
  let time = Date.now();
  return {
    now: () => new Date(time),
    advance: ms => {
      time += ms;
    },
  };
}

export async function openPeople({ mail = null }: { mail?: Mail | null } = {}): Promise<People> {
  const { connection } = await freshDatabase({ migrated: true });
  const database = openDatabase<Schema>(connection);
  const clock = aStandingClock();
  const closers: (() => Promise<unknown>)[] = [];
  const parts = {
    config: { invitationMs: 7 * dayMs },
    publicUrl,
    stores: createStores(database, { compile: compilePolicy }),
    deriveKey: deriveKeysFrom(randomBytes(64)),
    mail,
    log: {
      warn(...said: unknown[]) {
        throw new Error(JSON.stringify(said));
      },
    },
    now: clock.now,
    closers,
  };
  const opened = openAccounts(parts);
  return {
    ...peopleIn({ ...opened, database, clock }),
    hashCredential: opened.hashCredential,
    anotherInstance: () => openAccounts(parts).identify,
    async close() {
      await Promise.all(closers.map(close => close()));
      await database.close();
    },
  };
}

/** People and agents in what is open already. */
export function peopleIn(parts: Pick<People, 'database' | 'accounts' | 'identify' | 'clock'>): PeopleIn {
  const { database, identify } = parts;
  const people: PeopleIn = {
    ...parts,
    async aWorkspace() {
      const id = newId('wsp');
      const row = { id, notion_workspace_id: randomUUID(), name: 'Acme', icon: null, confirmed_at: new Date() };
      await database.system.insertInto('workspace').values(row).execute();
      return id;
    },
    async aUser({ email = `${randomUUID()}@acme.test`, rights = [] } = {}) {
      const id = newId('usr');
      await database.system.insertInto('principal').values({ id, kind: 'user', disabled_at: null }).execute();
      const unproven = { password_hash: null, email_proven_at: null };
      const account = { id, email, name: email, ...unproven, deployment_rights: [...rights] };
      await database.system.insertInto('user_account').values(account).execute();
      return id;
    },
    async aMember(workspaceId, role) {
      const id = await people.aUser();
      await people.join(workspaceId, id, role);
      return id;
    },
    async join(workspaceId, id, role) {
      const row = { workspace_id: workspaceId, principal_id: id, role, created_by: null };
      await database.system.insertInto('membership').values(row).execute();
    },
    callerOf: key => identify.identify({ credentials: { kind: 'bearer', token: key } }),
  };
  return people;
}

/** The secret of a sign-in link. */
export function tokenOf(signInUrl: string): string {
  return new URLSearchParams(new URL(signInUrl).hash.slice(1)).get('token') ?? '';
}

export function asAgent(id: PrincipalId): AgentId {
  return id as AgentId;
}
