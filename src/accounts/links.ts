import { type HashCredential, newSecretToken } from '../domain/credential-hash.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { UserId, WorkspaceId } from '../domain/ids.ts';
import type { Caller } from '../domain/principal.ts';
import { minuteMs, type Now } from '../domain/units.ts';
import type { AccountStore, DeploymentAccounts, LinkPurpose } from './account-store.ts';
import { deploymentRightsOf, principalIdOf, requireHeld } from './author.ts';

/** Rule 27: a link works once, by POST, within this time. */
export const linkLifetimeMs = 15 * minuteMs;

/** Links by which a person signs in without a password. The secret is in the fragment, which browsers send nowhere. */
export interface Links {
  /** A link for a person, made by Portcullis itself. Earlier links of that person stop working. */
  issue(userId: UserId, purpose: LinkPurpose): Promise<string>;
  /**
   * A link for somebody who lost their password or was invited long ago. Whoever holds it becomes that person, so the
   * author must hold every right in the deployment that the person has (rule 8).
   */
  issueFor(author: Caller, userId: UserId): Promise<string>;
  /**
   * A link for a person whom a workspace invited; null unless the account is unused and reaches nothing beyond this
   * workspace. Otherwise the admins of one workspace could become people of another by inviting them.
   */
  forInvitee(author: Caller, workspaceId: WorkspaceId, userId: UserId): Promise<string | null>;
}

export function createLinks(parts: {
  store: AccountStore;
  hashCredential: HashCredential;
  publicUrl: string;
  now: Now;
}): Links {
  const { store, hashCredential, publicUrl, now } = parts;

  async function add(
    accounts: DeploymentAccounts,
    userId: UserId,
    purpose: LinkPurpose,
    author?: Caller,
  ): Promise<string> {
    const token = newSecretToken();
    const createdAt = now();
    await accounts.retireLinksOf(userId, createdAt);
    await accounts.addLink({
      hash: hashCredential('sign_in_link', token),
      userId,
      purpose,
      createdBy: author === undefined ? null : principalIdOf(author),
      createdAt,
      expiresAt: new Date(createdAt.getTime() + linkLifetimeMs),
    });
    return new URL(`/sign-in#token=${token}`, publicUrl).href;
  }

  return {
    issue: (userId, purpose) =>
      store.inDeployment(async accounts => {
        await accounts.lockUser(userId);
        return add(accounts, userId, purpose);
      }),

    issueFor: (author, userId) =>
      store.inDeployment(async accounts => {
        await accounts.lockUser(userId);
        const user = await accounts.user(userId);
        if (user === null) throw new PortcullisError('not_found', 'There is no such user.');
        requireHeld(await deploymentRightsOf(author, accounts), ['members', ...user.deploymentRights]);
        if (user.disabled) throw new PortcullisError('conflict', 'This account is disabled.');
        return add(accounts, userId, user.passwordHash === null ? 'invitation' : 'recovery', author);
      }),

    forInvitee: (author, workspaceId, userId) =>
      store.inDeployment(async accounts => {
        await accounts.lockUser(userId);
        const user = await accounts.user(userId);
        const elsewhere = (await accounts.workspacesOf(userId)).some(id => id !== workspaceId);
        const unused =
          user !== null && user.passwordHash === null && user.deploymentRights.size === 0 && !user.disabled;
        return unused && !elsewhere ? add(accounts, userId, 'invitation', author) : null;
      }),
  };
}
