import { type HashCredential, newSecretToken } from '../domain/credential-hash.ts';
import { PortcullisError } from '../domain/errors.ts';
import { type InvitationId, newId, type UserId, type WorkspaceId } from '../domain/ids.ts';
import { type Caller, principalIdOf } from '../domain/principal.ts';
import { actionsHeld, type CompilePolicy } from '../domain/rights.ts';
import type { Now } from '../domain/units.ts';
import type { AccountStore, DeploymentAccounts, Member, WorkspaceAccounts } from './account-store.ts';
import { keyOf, requireStillHeld, sessionOf, standingOf } from './author.ts';
import type { Invitation, Offer } from './invitation-store.ts';
import { limitOf } from './key-limit.ts';
import { lockWorkspace } from './lock-workspace.ts';
import { invitationMail, type Mail } from './mail.ts';
import { type Passwords, passwordTaken } from './passwords.ts';
import { requireAdmitted, type SignInLimits } from './sign-in-limits.ts';

export interface InvitationRequest {
  readonly email: string;
  readonly role: string;
}

export interface Issued {
  readonly invitation: Invitation;
  /** For the author to hand over; null when it went to the address by mail. */
  readonly acceptUrl: string | null;
}

/** The account that a person makes to accept an invitation. It gets the invited address. */
export interface NewAccount {
  readonly name: string;
  readonly password: string;
  readonly clientAddress: string;
}

export interface Accepted {
  readonly workspaceId: WorkspaceId;
  readonly invitation: InvitationId;
  readonly userId: UserId;
  readonly email: string;
  readonly member: Member;
}

/**
 * Invitations to a workspace. An address alone identifies no one. An invitation belongs to the workspace that made it,
 * is accepted by its own link, and gives nothing before that. So two workspaces that invite the same address do not
 * affect each other.
 */
export interface Invitations {
  list(workspaceId: WorkspaceId): Promise<Invitation[]>;
  /** Throws `conflict` for the address of a member. */
  invite(author: Caller, workspaceId: WorkspaceId, request: InvitationRequest): Promise<Issued>;
  /** A new link, for as long again, for which the author answers. The last one ends. Throws `not_found`. */
  resend(author: Caller, workspaceId: WorkspaceId, id: InvitationId): Promise<Issued>;
  withdraw(author: Caller, workspaceId: WorkspaceId, id: InvitationId): Promise<void>;
  /** What the holder of a link is offered; null for a link that is unknown, expired, withdrawn or accepted. */
  offer(token: string): Promise<Offer | null>;
  /**
   * Makes an account with the invited address, and joins. It does not matter which other accounts have that address.
   * Throws `validation_error` for a password that cannot be used, `rate_limited`, and `not_found` for a link that is
   * over.
   */
  acceptAsNew(token: string, account: NewAccount): Promise<Accepted>;
  /**
   * Joins with the account that is signed in, and ends everything else that could act as that person: other sessions
   * and links. Throws `not_found` for a link that is over, `conflict` for members, `restricted` if the session was not
   * opened by password.
   */
  acceptSignedIn(token: string, caller: Caller): Promise<Accepted>;
}

export interface InvitationParts {
  readonly store: AccountStore;
  readonly compile: CompilePolicy;
  readonly limits: SignInLimits;
  readonly passwords: Passwords;
  readonly hashCredential: HashCredential;
  readonly publicUrl: string;
  readonly lifetimeMs: number;
  /** Null: no mail is set up, and authors hand links over themselves. */
  readonly mail: Mail | null;
  readonly now: Now;
}

export function createInvitations(parts: InvitationParts): Invitations {
  const { store, compile, limits, passwords, hashCredential, publicUrl, lifetimeMs, mail, now } = parts;
  const hashOf = (token: string) => hashCredential('invitation', token);

  function newLink() {
    const token = newSecretToken();
    const expiresAt = new Date(now().getTime() + lifetimeMs);
    const acceptUrl = new URL(`/invitation#token=${token}`, publicUrl).href;
    return { hash: hashOf(token), expiresAt, mailed: mail !== null, acceptUrl };
  }

  async function deliver(workspaceId: WorkspaceId, invitation: Invitation, acceptUrl: string): Promise<Issued> {
    if (mail === null) return { invitation, acceptUrl };
    const workspaceName = await store.inDeployment(accounts => accounts.workspaceName(workspaceId));
    await mail.send(
      invitationMail({ to: invitation.email, workspaceName, acceptUrl, expiresAt: invitation.expiresAt }),
    );
    return { invitation, acceptUrl: null };
  }

  async function pendingOffer(token: string): Promise<Offer> {
    const offer = await store.inDeployment(accounts => accounts.offerOf(hashOf(token), now()));
    if (offer === null) throw linkOver();
    return offer;
  }

  /** The invitation of an offer, locked until the end together with its workspace, if its author may still give it. */
  async function hold(accounts: DeploymentAccounts, { workspaceId, id }: Offer): Promise<Invitation> {
    const within = accounts.within(workspaceId);
    await lockWorkspace(within);
    const invitation = await within.lockInvitation(id);
    if (invitation === null || invitation.expiresAt <= now()) throw linkOver();
    await requireStillGiven(compile, within, invitation, now());
    return invitation;
  }

  /** The membership begins here, in the transaction that holds the invitation. */
  async function begin(
    accounts: DeploymentAccounts,
    { workspaceId, mailed, email: invited }: Offer,
    { id, role, createdBy }: Invitation,
    userId: UserId,
  ): Promise<Accepted> {
    const within = accounts.within(workspaceId);
    await within.addMember(userId, role, createdBy);
    await within.acceptInvitation(id, userId, now());
    const member = await existing(within, userId);
    const email = member.email ?? invited;
    if (mailed && email === invited) {
      await accounts.lockAddress(email);
      await accounts.proveEmail(userId, now());
    }
    return { workspaceId, invitation: id, userId, email, member };
  }

  return {
    list: workspaceId => store.inWorkspace(workspaceId, accounts => accounts.invitations()),

    async invite(author, workspaceId, { email: typed, role }) {
      const email = typed.toLowerCase();
      const { acceptUrl, ...link } = newLink();
      const invitation = { id: newId('inv'), email, role, createdAt: now(), ...answeredBy(author), ...link };
      await store.inWorkspace(workspaceId, async accounts => {
        await lockWorkspace(accounts);
        const { held, ofRole } = await standingOf(parts, author, accounts);
        requireStillHeld(held, ['members', ...ofRole(role)]);
        const members = await accounts.members();
        if (members.some(member => member.email === email)) {
          throw new PortcullisError('conflict', 'A member of this workspace has this address already.');
        }
        await accounts.addInvitation(invitation);
      });
      return deliver(workspaceId, invitation, acceptUrl);
    },

    async resend(author, workspaceId, id) {
      const { acceptUrl, ...link } = newLink();
      const invitation = await store.inWorkspace(workspaceId, async accounts => {
        await lockWorkspace(accounts);
        const found = await accounts.lockInvitation(id);
        if (found === null) throw noInvitation();
        const { held, ofRole } = await standingOf(parts, author, accounts);
        requireStillHeld(held, ['members', ...ofRole(found.role)]);
        const renewed = { ...link, ...answeredBy(author) };
        await accounts.renewInvitation(id, renewed);
        return { ...found, ...renewed };
      });
      return deliver(workspaceId, invitation, acceptUrl);
    },

    withdraw: (author, workspaceId, id) =>
      store.inWorkspace(workspaceId, async accounts => {
        await lockWorkspace(accounts);
        requireStillHeld((await standingOf(parts, author, accounts)).held, ['members']);
        if ((await accounts.lockInvitation(id)) === null) throw noInvitation();
        await accounts.withdrawInvitation(id, now());
      }),

    offer: token => store.inDeployment(accounts => accounts.offerOf(hashOf(token), now())),

    async acceptAsNew(token, { name, password, clientAddress }) {
      const offer = await pendingOffer(token);
      const { email } = offer;
      const passwordHash = await passwords.choose(email, password);
      // Refusing a used password shows that some account has it, so choosing a password is limited like guessing one.
      requireAdmitted(await limits.admitGuess({ clientAddress, email }));
      return store.inDeployment(async accounts => {
        const invitation = await hold(accounts, offer);
        const id = newId('usr');
        await accounts.lockAddress(email);
        if ((await accounts.userBySignIn(email, passwordHash)) !== null) throw passwordTaken();
        await accounts.addUser({ id, email, name, passwordHash, deploymentRights: [] });
        return begin(accounts, offer, invitation, id);
      });
    },

    async acceptSignedIn(token, caller) {
      const offer = await pendingOffer(token);
      const { userId: id, sessionId } = sessionOf(caller);
      // One transaction: there is no moment in which an older session or link of the account reaches the workspace.
      return store.inDeployment(async accounts => {
        const invitation = await hold(accounts, offer);
        const within = accounts.within(offer.workspaceId);
        const held = await within.lockPrincipal(id);
        if (held === null || held.disabled) throw new PortcullisError('policy_changed');
        if ((await within.member(id)) !== null) throw new PortcullisError('conflict', 'You are a member already.');
        const session = (await accounts.sessionsOf(id, now())).find(open => open.id === sessionId);
        // A stranger may have made the link for this account. A workspace that trusts the person must not trust the
        // link.
        if (session?.openedBy !== 'password') {
          throw new PortcullisError('restricted', 'Sign in with your password first, then open the invitation again.');
        }
        await accounts.endSessionsOf(id, now(), sessionId);
        await accounts.retireLinksOf(id, now());
        return begin(accounts, offer, invitation, id);
      });
    },
  };
}

/** The author, and the key if there is one, whose rights an invitation depends on. */
function answeredBy(author: Caller): Pick<Invitation, 'createdBy' | 'madeWithKey'> {
  return { createdBy: principalIdOf(author), madeWithKey: keyOf(author) };
}

/** Rule 8: when an invitation is accepted, its author must still have the right to give what it gives. */
async function requireStillGiven(
  compile: CompilePolicy,
  accounts: WorkspaceAccounts,
  { createdBy, madeWithKey, role }: Invitation,
  at: Date,
): Promise<void> {
  if (createdBy === null) return;
  const author = await accounts.member(createdBy);
  const idle = author === null || author.disabled || author.suspended;
  const key = madeWithKey === null ? null : await accounts.key(madeWithKey);
  // An invitation by a key gives no more than the key may: nothing if it is revoked, has expired, or ended with its
  // membership.
  if (madeWithKey !== null && (key === null || key.revokedAt !== null || key.expiresAt <= at)) throw linkOver();
  if (idle) throw linkOver();
  const policy = compile(await accounts.policyOf([createdBy]));
  const context = { at, door: 'api', address: '', signIn: null } as const;
  const held = actionsHeld(policy, { principal: createdBy, limit: key && limitOf(key), context });
  if (!held.has('members') || !policy.ofRole(role).isSubsetOf(held)) throw linkOver();
}

async function existing(accounts: WorkspaceAccounts, id: UserId): Promise<Member> {
  const member = await accounts.member(id);
  if (member === null) throw new PortcullisError('not_found', 'There is no such member.');
  return member;
}

function noInvitation(): PortcullisError {
  return new PortcullisError('not_found', 'There is no such invitation, or it is over.');
}

function linkOver(): PortcullisError {
  return new PortcullisError('not_found', 'This invitation is over. Ask the person who invited you for a new one.');
}
