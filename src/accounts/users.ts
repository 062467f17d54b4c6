import type { Action } from '../domain/action.ts';
import { PortcullisError } from '../domain/errors.ts';
import { newId, type UserId } from '../domain/ids.ts';
import type { Caller } from '../domain/principal.ts';
import type { Now } from '../domain/units.ts';
import type { AccountStore, DeploymentAccounts, UserAccount } from './account-store.ts';
import { deploymentRights, deploymentRightsOf, requireStillHeld } from './author.ts';
import type { Links } from './links.ts';

/** People in the deployment. Changing anything takes the deployment right `members`. */
export interface Users {
  list(): Promise<UserAccount[]>;
  get(id: UserId): Promise<UserAccount>;
  /**
   * Throws `conflict` if another account has proved the address, or if an account with it waits for its first sign-in.
   * An address is still free if it is only the label of accounts that invitations made.
   */
  create(author: Caller, user: NewUser): Promise<{ user: UserAccount; signInUrl: string | null }>;
  /**
   * Changes rights, disables or enables. Disabling ends, in one transaction, the person's sessions, links, keys and
   * consents, and suspends the person's agents until they are reassigned (rule 11). Enabling restores none of these. A
   * workspace's last admin can be disabled too, because it must be possible to stop a stolen account.
   */
  change(author: Caller, id: UserId, change: UserChange): Promise<UserAccount>;
  /**
   * Ensures that a person can get in. While no one has a password, there is a first user with all rights in the
   * deployment, and this makes a new link for them. Null as soon as a person has a password.
   */
  ensureFirstRun(first: { email: string; name: string }): Promise<{ user: UserAccount; signInUrl: string } | null>;
}

export interface NewUser {
  readonly email: string;
  readonly name: string;
  readonly deploymentRights?: readonly Action[] | undefined;
}

export interface UserChange {
  readonly disabled?: boolean | undefined;
  readonly deploymentRights?: readonly Action[] | undefined;
}

export function createUsers({ store, links, now }: { store: AccountStore; links: Links; now: Now }): Users {
  return {
    list: () => store.inDeployment(accounts => accounts.users()),
    get: id => store.inDeployment(accounts => existing(accounts, id)),

    async create(author, { email, name, deploymentRights: rights = [] }) {
      const user = await store.inDeployment(async accounts => {
        requireStillHeld(await deploymentRightsOf(author, accounts), ['members', ...rights]);
        await accounts.lockPeople();
        const people = (await accounts.users()).filter(person => person.email === email.toLowerCase());
        if (people.some(person => person.emailProvenAt !== null || person.passwordHash === null)) {
          throw new PortcullisError('conflict', 'Another account has this address already.');
        }
        return add(accounts, { email, name, deploymentRights: rights });
      });
      return { user, signInUrl: await links.issueFor(author, user.id) };
    },

    change: (author, id, change) =>
      store.inDeployment(async accounts => {
        await accounts.lockPeople();
        await accounts.lockUser(id, 'agents');
        const held = await deploymentRightsOf(author, accounts);
        const user = await existing(accounts, id);
        requireStillHeld(held, ['members', ...gainedRights(user, change)]);
        await keepSomebodyInCharge(accounts, user, change);
        if (change.deploymentRights !== undefined) {
          await accounts.setDeploymentRights(id, change.deploymentRights);
          // First links live for days: they end with the right to make them.
          if (!change.deploymentRights.includes('members')) await accounts.retireLinksBy(id, now());
        }
        if (change.disabled === true && !user.disabled) await disable(accounts, id, now());
        if (change.disabled === false && user.disabled) await accounts.setDisabled(id, null);
        return existing(accounts, id);
      }),

    async ensureFirstRun({ email, name }) {
      const user = await store.inDeployment(async accounts => {
        await accounts.lockPeople();
        const people = await accounts.users();
        if (people.some(person => person.passwordHash !== null)) return null;
        const [first] = people.filter(inCharge);
        if (first !== undefined) return first;
        return add(accounts, { email, name, deploymentRights });
      });
      return user && { user, signInUrl: await links.issue(user.id, 'first_run') };
    },
  };
}

async function add(
  accounts: DeploymentAccounts,
  { email, ...given }: Pick<UserAccount, 'email' | 'name'> & { readonly deploymentRights: readonly Action[] },
): Promise<UserAccount> {
  const id = newId('usr');
  await accounts.addUser({ id, email: email.toLowerCase(), passwordHash: null, ...given });
  return existing(accounts, id);
}

async function disable(accounts: DeploymentAccounts, id: UserId, at: Date): Promise<void> {
  await accounts.setDisabled(id, at);
  await accounts.endSessionsOf(id, at);
  await accounts.retireLinksOf(id, at);
  await accounts.retireLinksBy(id, at);
  await accounts.revokeKeysOf(id, at);
  await accounts.revokeConsentsOf(id, at);
  await accounts.suspendAgentsOf(id, at);
}

/** What the person could do afterwards and cannot do now. A disabled person can do nothing. */
function gainedRights(user: UserAccount, change: UserChange): ReadonlySet<Action> {
  const before = user.disabled ? new Set<Action>() : user.deploymentRights;
  const rights = new Set(change.deploymentRights ?? user.deploymentRights);
  const after = (change.disabled ?? user.disabled) ? new Set(change.deploymentRights ?? []) : rights;
  return after.difference(before);
}

/** At least one person must be left who can manage people. The caller must have locked the list of people. */
async function keepSomebodyInCharge(
  accounts: DeploymentAccounts,
  user: UserAccount,
  change: UserChange,
): Promise<void> {
  const rights = new Set(change.deploymentRights ?? user.deploymentRights);
  const stays = rights.has('members') && !(change.disabled ?? user.disabled);
  if (!inCharge(user) || stays) return;
  const others = (await accounts.users()).filter(other => other.id !== user.id && inCharge(other));
  if (others.length > 0) return;
  throw new PortcullisError('conflict', 'No other person may manage people. Give another person that right first.');
}

function inCharge(user: UserAccount): boolean {
  return !user.disabled && user.deploymentRights.has('members');
}

async function existing(accounts: DeploymentAccounts, id: UserId): Promise<UserAccount> {
  const user = await accounts.user(id);
  if (user === null) throw new PortcullisError('not_found', 'There is no such user.');
  return user;
}
