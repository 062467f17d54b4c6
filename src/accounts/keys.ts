import type { Action } from '../domain/action.ts';
import { endingOfKey, mintApiKey } from '../domain/api-key.ts';
import type { HashCredential } from '../domain/credential-hash.ts';
import { PortcullisError } from '../domain/errors.ts';
import { type KeyId, newId, type PrincipalId, type WorkspaceId } from '../domain/ids.ts';
import type { Listed } from '../domain/listing.ts';
import { type Caller, principalIdOf } from '../domain/principal.ts';
import type { CompilePolicy } from '../domain/rights.ts';
import { dayMs, type Now } from '../domain/units.ts';
import type { AccountStore, ApiKey, KeyListing, WorkspaceAccounts } from './account-store.ts';
import { requireStillHeld, type Standing, standingOf } from './author.ts';
import { type KeyLimitShort, limitFor, limitRequested } from './key-limit.ts';
import { lockWorkspace } from './lock-workspace.ts';

export const keyDaysDefault = 90;
export const keyDaysMax = 366;

export interface Keys {
  /**
   * The keys of the author and of their agents; all keys for authors with `members`. Without `ended`, only those that
   * work.
   */
  list(author: Caller, workspaceId: WorkspaceId, listing: KeyRequestListing): Promise<Listed<ApiKey>>;
  /** One of these keys. Throws `not_found` for any other. */
  get(author: Caller, workspaceId: WorkspaceId, id: KeyId): Promise<ApiKey>;
  /**
   * Makes a key for the author, for an agent of the author, or for any agent if the author has `members`. An author
   * cannot make a key in the name of another person, because it would open the connections that this person alone may
   * use (rules 2 and 8). Only this answer has the secret.
   */
  mint(author: Caller, workspaceId: WorkspaceId, request: KeyRequest): Promise<{ key: ApiKey; secret: string }>;
  /** Ends a key at once. A key that has ended stays as it is. */
  /** Ends a key. The pending invitations that it made, and the links that it made for others, end with it. */
  revoke(author: Caller, workspaceId: WorkspaceId, id: KeyId): Promise<ApiKey>;
}

type KeyRequestListing = Omit<KeyListing, 'workingAt'> & { readonly ended: boolean };

export interface KeyRequest {
  readonly name: string;
  readonly principalId?: PrincipalId | undefined;
  readonly limitTo?: KeyLimitShort | undefined;
  readonly expiresInDays?: number | undefined;
}

export function createKeys(parts: {
  store: AccountStore;
  compile: CompilePolicy;
  hashCredential: HashCredential;
  now: Now;
}): Keys {
  const { store, hashCredential, now } = parts;
  return {
    list: (author, workspaceId, { ended, ...listing }) =>
      store.inWorkspace(workspaceId, async accounts => {
        const { held } = await standingOf(parts, author, accounts);
        const of = held.has('members') ? 'everyone' : await ownPrincipals(author, accounts);
        return accounts.findKeys(of, { ...listing, workingAt: ended ? undefined : now() });
      }),

    get: (author, workspaceId, id) =>
      store.inWorkspace(workspaceId, accounts => keyInReach(parts, author, accounts, id)),

    mint: (author, workspaceId, request) =>
      store.inWorkspace(workspaceId, async accounts => {
        await lockWorkspace(accounts);
        const standing = await standingOf(parts, author, accounts);
        const principalId = request.principalId ?? principalIdOf(author);
        if (principalId === null) throw new PortcullisError('validation_error', 'principalId must name a member.');
        await requireStillManages(author, accounts, standing.held, principalId);
        await requireUsable(accounts, principalId);
        const secret = mintApiKey();
        const id = newId('key');
        const createdAt = now();
        await accounts.addKey({
          id,
          principalId,
          name: request.name,
          hash: hashCredential('api_key', secret),
          ending: endingOfKey(secret),
          ...limitFor(
            author,
            givenBy(standing, principalId === principalIdOf(author)),
            limitRequested(request.limitTo),
          ),
          createdBy: principalIdOf(author) ?? principalId,
          createdAt,
          expiresAt: new Date(createdAt.getTime() + lifetimeMs(request.expiresInDays ?? keyDaysDefault)),
        });
        return { key: await existing(accounts, id), secret };
      }),

    revoke: (author, workspaceId, id) =>
      store.inDeployment(async deployment => {
        const accounts = deployment.within(workspaceId);
        await lockWorkspace(accounts);
        const key = await keyInReach(parts, author, accounts, id);
        if (key.revokedAt !== null) return key;
        await accounts.lockPrincipal(key.principalId);
        await accounts.revokeKey(id, now());
        await accounts.withdrawInvitationsMadeWith(id, now());
        await deployment.retireLinksMadeWith(id, now());
        return existing(accounts, id);
      }),
  };
}

async function ownPrincipals(author: Caller, accounts: WorkspaceAccounts): Promise<PrincipalId[]> {
  const { principal } = author;
  if (principal.kind === 'user') return [principal.id, ...(await accounts.agentsOf(principal.id))];
  return principal.kind === 'agent' ? [principal.id] : [];
}

async function requireStillManages(
  author: Caller,
  accounts: WorkspaceAccounts,
  held: ReadonlySet<Action>,
  principalId: PrincipalId,
): Promise<void> {
  if (!(await ownPrincipals(author, accounts)).includes(principalId)) requireStillHeld(held, ['members']);
}

/** The principal is locked until the key exists, so that disabling it at the same time ends this key too. */
async function requireUsable(accounts: WorkspaceAccounts, id: PrincipalId): Promise<void> {
  const principal = await accounts.lockPrincipal(id);
  if (principal === null || (await accounts.member(id)) === null) {
    throw new PortcullisError('not_found', 'There is no such member.');
  }
  if (principal.disabled) throw new PortcullisError('conflict', 'This account is disabled.');
}

/**
 * A key for its maker has only the maker's rights at each use. So it may name actions that the maker has in some places
 * only.
 */
function givenBy(standing: Standing, own: boolean): Standing {
  return own ? { ...standing, held: standing.anywhere } : standing;
}

function lifetimeMs(days: number): number {
  if (Number.isInteger(days) && days >= 1 && days <= keyDaysMax) return days * dayMs;
  throw new PortcullisError('validation_error', `expiresInDays must be a whole number from 1 to ${keyDaysMax}.`);
}

/** A key of the author or of the author's agents, or any key for authors with `members`. */
async function keyInReach(
  parts: { compile: CompilePolicy; now: Now },
  author: Caller,
  accounts: WorkspaceAccounts,
  id: KeyId,
): Promise<ApiKey> {
  const key = await existing(accounts, id);
  const { held } = await standingOf(parts, author, accounts);
  if (held.has('members') || (await ownPrincipals(author, accounts)).includes(key.principalId)) return key;
  throw noSuchKey();
}

async function existing(accounts: WorkspaceAccounts, id: KeyId): Promise<ApiKey> {
  const key = await accounts.key(id);
  if (key === null) throw noSuchKey();
  return key;
}

function noSuchKey(): PortcullisError {
  return new PortcullisError('not_found', 'There is no such key.');
}
