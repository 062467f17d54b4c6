import { type HashCredential, newSecretToken } from '../domain/credential-hash.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { UserId, WorkspaceId } from '../domain/ids.ts';
import { type Caller, principalIdOf } from '../domain/principal.ts';
import type { CompilePolicy } from '../domain/rights.ts';
import { dayMs, minuteMs, type Now } from '../domain/units.ts';
import type { AccountStore, DeploymentAccounts, LinkPurpose, UserAccount } from './account-store.ts';
import { deploymentRightsOf, keyOf, requireStillHeld, standingOf } from './author.ts';
import { lockWorkspace } from './lock-workspace.ts';
import { firstLinkMail, type Mail, recoveryMail, type WayBack } from './mail.ts';

/** Rule 27: a link works once, by POST, within this time; the first link of an account for as long as an invitation. */
export const linkLifetimeMs = 15 * minuteMs;

/** Accounts that bear one unproven address, and workspaces of each, that a mail lists. */
const accountsPerMailMax = 5;
const workspacesPerMailMax = 3;

/** Links by which a person signs in without a password. The secret is in the fragment, which browsers send nowhere. */
export interface Links {
  /** True: links are mailed to people. False: the people who make links hand them over. */
  readonly byMail: boolean;
  /** A link for a person, made by Portcullis itself. Earlier links of that person stop working. */
  issue(userId: UserId, purpose: LinkPurpose): Promise<string>;
  /**
   * A link for a person who lost their password or never had one. The holder of the link becomes that person, so the
   * author must have every right in the deployment that the person has (rule 8). Null if the link was mailed to the
   * person.
   */
  issueFor(author: Caller, userId: UserId): Promise<string | null>;
  /**
   * A link for a member who lost their password, made by an admin of the workspace. A mailed link reaches the person
   * alone. A link to hand over is made only if the person can use nothing outside this workspace, has no right that the
   * author lacks, and has no connection of their own. Otherwise the admins of one workspace could become people of
   * another. Throws `not_found`.
   */
  issueForMember(author: Caller, workspaceId: WorkspaceId, userId: UserId): Promise<string | null>;
  /**
   * Mails a link to a person who forgot their password. It is for the account that has proved the address. If there is
   * none, there is one link for each account with the address, because only its owner can say which account is theirs.
   * The answer and its time are the same for every address, so they do not show whether there is such an account. Does
   * nothing if no mail is set up.
   */
  recover(email: string): Promise<void>;
}

export function createLinks(parts: {
  store: AccountStore;
  compile: CompilePolicy;
  hashCredential: HashCredential;
  publicUrl: string;
  /** How long the first link of an account works: the person may be away. */
  firstLinkMs: number;
  mail: Mail | null;
  now: Now;
  /** Called if a mail could not be sent and the person who asked for it must not learn that. */
  onMailError: (error: unknown) => void;
}): Links {
  const { store, compile, hashCredential, publicUrl, firstLinkMs, mail, now, onMailError } = parts;
  const lifetimeOf = (purpose: LinkPurpose) => (purpose === 'invitation' ? firstLinkMs : linkLifetimeMs);

  async function add(
    accounts: DeploymentAccounts,
    userId: UserId,
    given: { purpose: LinkPurpose; author?: Caller; mailed?: boolean },
  ): Promise<string> {
    const token = newSecretToken();
    const createdAt = now();
    await accounts.retireLinksOf(userId, createdAt);
    await accounts.addLink({
      hash: hashCredential('sign_in_link', token),
      userId,
      purpose: given.purpose,
      mailed: given.mailed ?? false,
      createdBy: given.author === undefined ? null : principalIdOf(given.author),
      madeWithKey: given.author === undefined ? null : keyOf(given.author),
      createdAt,
      expiresAt: new Date(createdAt.getTime() + lifetimeOf(given.purpose)),
    });
    return new URL(`/sign-in#token=${token}`, publicUrl).href;
  }

  /**
   * Makes a link that replaces what a person had. While the account had no password, no one had proved to be that
   * person. So everything that was opened and made until now ends with the first link.
   */
  async function replace(accounts: DeploymentAccounts, user: UserAccount, author: Caller): Promise<string> {
    if (user.disabled) throw new PortcullisError('conflict', 'This account is disabled.');
    await accounts.endSessionsOf(user.id, now());
    if (user.passwordHash === null) {
      await accounts.revokeKeysOf(user.id, now());
      await accounts.revokeConsentsOf(user.id, now());
    }
    const purpose = user.passwordHash === null ? 'invitation' : 'recovery';
    return add(accounts, user.id, { purpose, author, mailed: mail !== null });
  }

  async function handOver(user: UserAccount, signInUrl: string): Promise<string | null> {
    if (mail === null) return signInUrl;
    if (user.passwordHash === null) {
      await mail.send(firstLinkMail({ to: user.email, signInUrl, days: Math.ceil(firstLinkMs / dayMs) }));
      return null;
    }
    const ways = [{ signInUrl, createdAt: user.createdAt, workspaces: [] }];
    await mail.send(recoveryMail({ to: user.email, ways, minutes: linkLifetimeMs / minuteMs }));
    return null;
  }

  return {
    byMail: mail !== null,

    issue: (userId, purpose) =>
      store.inDeployment(async accounts => {
        await accounts.lockUser(userId);
        return add(accounts, userId, { purpose });
      }),

    async issueFor(author, userId) {
      const made = await store.inDeployment(async accounts => {
        const user = await held(accounts, userId);
        requireStillHeld(await deploymentRightsOf(author, accounts), ['members', ...user.deploymentRights]);
        return { user, signInUrl: await replace(accounts, user, author) };
      });
      return handOver(made.user, made.signInUrl);
    },

    async issueForMember(author, workspaceId, userId) {
      const made = await store.inDeployment(async accounts => {
        const within = accounts.within(workspaceId);
        await lockWorkspace(within);
        const member = await within.member(userId);
        if (member === null) throw new PortcullisError('not_found', 'There is no such member.');
        const { held: ofAuthor, ofRole } = await standingOf({ compile, now }, author, within);
        requireStillHeld(ofAuthor, ['members', ...ofRole(member.role)]);
        const user = await held(accounts, userId);
        const elsewhere = (await accounts.workspacesOf(userId)).some(id => id !== workspaceId);
        const beyond = elsewhere || user.deploymentRights.size > 0 || (await within.hasOwnConnections(userId));
        // Rule 2: the holder of the link becomes the person, and could then use what this person alone may use.
        if (mail === null && beyond) throw new PortcullisError('policy_changed');
        return { user, signInUrl: await replace(accounts, user, author) };
      });
      return handOver(made.user, made.signInUrl);
    },

    async recover(typedEmail) {
      if (mail === null) return;
      const email = typedEmail.trim().toLowerCase();
      const ways = await store.inDeployment(async accounts => {
        const named = await accounts.usersNamed(email, accountsPerMailMax);
        const meant = named[0]?.emailProvenAt ? named.slice(0, 1) : named;
        const usable = meant.filter(({ disabled }) => !disabled).sort((a, b) => (a.id < b.id ? -1 : 1));
        const made: WayBack[] = [];
        for (const { id, createdAt } of usable) {
          await accounts.lockUser(id);
          const signInUrl = await add(accounts, id, { purpose: 'recovery', mailed: true });
          const workspaces = (await accounts.workspacesOf(id)).slice(0, workspacesPerMailMax);
          made.push({ signInUrl, createdAt, workspaces: await Promise.all(workspaces.map(accounts.workspaceName)) });
        }
        return made;
      });
      if (ways.length === 0) return;
      // This does not wait: the time of the mail server would show that there is an account.
      mail.send(recoveryMail({ to: email, ways, minutes: linkLifetimeMs / minuteMs })).catch(onMailError);
    },
  };
}

async function held(accounts: DeploymentAccounts, userId: UserId): Promise<UserAccount> {
  await accounts.lockUser(userId);
  const user = await accounts.user(userId);
  if (user === null) throw new PortcullisError('not_found', 'There is no such user.');
  return user;
}
