import { PortcullisError } from '../domain/errors.ts';
import { isId, type PrincipalId, type UserId, type WorkspaceId } from '../domain/ids.ts';
import type { Listed } from '../domain/listing.ts';
import { type Caller, principalIdOf } from '../domain/principal.ts';
import type { CompilePolicy } from '../domain/rights.ts';
import type { Now } from '../domain/units.ts';
import type { AccountStore, DeploymentAccounts, Member, MemberListing, WorkspaceAccounts } from './account-store.ts';
import { requireStillHeld, standingOf } from './author.ts';
import { lockWorkspace } from './lock-workspace.ts';

export interface Members {
  /**
   * People and agents, by name, role or time of joining. A search looks at names, and at the addresses that the author
   * may see: all of them if the author manages members, otherwise only their own.
   */
  list(author: Caller, workspaceId: WorkspaceId, listing: MemberListing): Promise<Listed<Member>>;
  setRole(author: Caller, workspaceId: WorkspaceId, id: PrincipalId, role: string): Promise<Member>;
  /**
   * Removes a member. Everything that the membership opened ends: keys, the member's pending invitations and, if the
   * member has no other workspace, sessions and links. Agents of the member are suspended until another person takes
   * responsibility for them.
   */
  remove(author: Caller, workspaceId: WorkspaceId, id: PrincipalId): Promise<void>;
}

export function createMembers({
  store,
  compile,
  now,
}: {
  store: AccountStore;
  compile: CompilePolicy;
  now: Now;
}): Members {
  return {
    list: (author, workspaceId, listing) =>
      store.inWorkspace(workspaceId, async accounts => {
        if ((await standingOf({ compile, now }, author, accounts)).held.has('members'))
          return accounts.findMembers(listing, 'addresses');
        const self = principalIdOf(author);
        const { rows, total } = await accounts.findMembers(listing, 'names');
        return { rows: rows.map(row => (row.principalId === self ? row : { ...row, email: null })), total };
      }),

    setRole: (author, workspaceId, id, role) =>
      store.inWorkspace(workspaceId, async accounts => {
        await lockWorkspace(accounts);
        const { held, ofRole } = await standingOf({ compile, now }, author, accounts);
        requireStillHeld(held, ['members']);
        const member = await existing(accounts, id);
        requireStillHeld(held, ofRole(role).difference(ofRole(member.role)));
        if (role !== 'admin') await keepAnAdmin(accounts, member);
        await accounts.setRole(id, role);
        return { ...member, role };
      }),

    remove: (author, workspaceId, id) =>
      store.inDeployment(async deployment => {
        const accounts = deployment.within(workspaceId);
        await lockWorkspace(accounts);
        requireStillHeld((await standingOf({ compile, now }, author, accounts)).held, ['members']);
        const member = await existing(accounts, id);
        await keepAnAdmin(accounts, member);
        if (member.kind === 'user') await accounts.suspendAgentsOf(id as UserId, now());
        await accounts.lockPrincipal(id);
        await accounts.withdrawInvitationsBy(id, now());
        await accounts.removeMember(id);
        await deployment.retireLinksBy(id, now());
        if (isId('usr', id)) await endWhatIsLeft(deployment, id, now());
      }),
  };
}

/** Ends the sessions of a person who can use nothing any more. */
async function endWhatIsLeft(accounts: DeploymentAccounts, id: UserId, at: Date): Promise<void> {
  await accounts.lockUser(id);
  const user = await accounts.user(id);
  if (user === null || user.deploymentRights.size > 0 || (await accounts.workspacesOf(id)).length > 0) return;
  await accounts.endSessionsOf(id, at);
  await accounts.retireLinksOf(id, at);
}

async function existing(accounts: WorkspaceAccounts, id: PrincipalId): Promise<Member> {
  const member = await accounts.member(id);
  if (member === null) throw new PortcullisError('not_found', 'There is no such member.');
  return member;
}

/**
 * A workspace keeps at least one admin who is a person and can sign in. The caller must have locked the workspace, so
 * two admins who remove each other at once are judged one after the other.
 */
async function keepAnAdmin(accounts: WorkspaceAccounts, leaving: Member): Promise<void> {
  if (leaving.role !== 'admin' || leaving.kind !== 'user') return;
  const others = (await accounts.members()).filter(
    other =>
      other.role === 'admin' && other.kind === 'user' && !other.disabled && other.principalId !== leaving.principalId,
  );
  if (others.length > 0) return;
  throw new PortcullisError('conflict', 'A workspace keeps its last admin. Make another person an admin first.');
}
