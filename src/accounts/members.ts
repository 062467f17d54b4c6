import { PortcullisError } from '../domain/errors.ts';
import type { PrincipalId, UserId, WorkspaceId } from '../domain/ids.ts';
import type { Listed } from '../domain/listing.ts';
import type { Caller } from '../domain/principal.ts';
import { actionsOfRole, type BuiltInRole } from '../domain/role.ts';
import type { Now } from '../domain/units.ts';
import type { AccountStore, Member, MemberListing, WorkspaceAccounts } from './account-store.ts';
import { actionsHeldBy, principalIdOf, requireHeld } from './author.ts';
import type { Links } from './links.ts';
import { lockWorkspace } from './lock-workspace.ts';

export interface Members {
  /** People and agents, by name, role or time of joining. A search looks at names and addresses. */
  list(workspaceId: WorkspaceId, listing: MemberListing): Promise<Listed<Member>>;
  /**
   * Makes a person a member; someone who has no account gets one, and a link to sign in with for the first time.
   * Throws `conflict` for those who are members already, `restricted` for a role that holds more than the author.
   */
  invite(author: Caller, workspaceId: WorkspaceId, invitation: Invitation): Promise<Invited>;
  setRole(author: Caller, workspaceId: WorkspaceId, id: PrincipalId, role: BuiltInRole): Promise<Member>;
  /** Removes a member with their keys. Agents that they own here are suspended until somebody else answers for them. */
  remove(author: Caller, workspaceId: WorkspaceId, id: PrincipalId): Promise<void>;
}

export interface Invitation {
  readonly email: string;
  readonly name?: string | undefined;
  readonly role: BuiltInRole;
}

export interface Invited {
  readonly member: Member;
  /** Only for an account that nobody has used and that reaches nothing beyond this workspace; else null. */
  readonly signInUrl: string | null;
}

export function createMembers({ store, links, now }: { store: AccountStore; links: Links; now: Now }): Members {
  return {
    list: (workspaceId, listing) => store.inWorkspace(workspaceId, accounts => accounts.findMembers(listing)),

    async invite(author, workspaceId, { email, name, role }) {
      const member = await store.inWorkspace(workspaceId, async accounts => {
        await lockWorkspace(accounts);
        requireHeld(await actionsHeldBy(author, accounts), ['members', ...actionsOfRole(role)]);
        const id = await accounts.ensureUser({ email: email.toLowerCase(), name: name ?? email });
        await requireAbsent(accounts, id);
        await accounts.addMember(id, role, principalIdOf(author));
        return { ...(await existing(accounts, id)), userId: id };
      });
      const { userId, ...rest } = member;
      return { member: rest, signInUrl: await links.forInvitee(author, workspaceId, userId) };
    },

    setRole: (author, workspaceId, id, role) =>
      store.inWorkspace(workspaceId, async accounts => {
        await lockWorkspace(accounts);
        const held = await actionsHeldBy(author, accounts);
        requireHeld(held, ['members']);
        const member = await existing(accounts, id);
        requireHeld(held, actionsOfRole(role).difference(actionsOfRole(member.role)));
        if (role !== 'admin') await keepAnAdmin(accounts, member);
        await accounts.setRole(id, role);
        return { ...member, role };
      }),

    remove: (author, workspaceId, id) =>
      store.inWorkspace(workspaceId, async accounts => {
        await lockWorkspace(accounts);
        requireHeld(await actionsHeldBy(author, accounts), ['members']);
        const member = await existing(accounts, id);
        await keepAnAdmin(accounts, member);
        if (member.kind === 'user') await accounts.suspendAgentsOf(id as UserId, now());
        await accounts.lockPrincipal(id);
        await accounts.removeMember(id);
      }),
  };
}

async function requireAbsent(accounts: WorkspaceAccounts, id: UserId): Promise<void> {
  const principal = await accounts.lockPrincipal(id);
  if (principal?.disabled) throw new PortcullisError('conflict', 'The account of this person is disabled.');
  if (await accounts.member(id)) throw new PortcullisError('conflict', 'This person is a member already.');
}

async function existing(accounts: WorkspaceAccounts, id: PrincipalId): Promise<Member> {
  const member = await accounts.member(id);
  if (member === null) throw new PortcullisError('not_found', 'There is no such member.');
  return member;
}

/**
 * A workspace keeps at least one admin who is a person and can sign in. The caller holds the workspace, so two admins who
 * remove each other at once are judged one after the other.
 */
async function keepAnAdmin(accounts: WorkspaceAccounts, leaving: Member): Promise<void> {
  if (leaving.role !== 'admin' || leaving.kind !== 'user') return;
  const others = (await accounts.members()).filter(
    other =>
      other.role === 'admin' && other.kind === 'user' && !other.disabled && other.principalId !== leaving.principalId,
  );
  if (others.length > 0) return;
  throw new PortcullisError('conflict', 'A workspace keeps its last admin. Make somebody else an admin first.');
}
