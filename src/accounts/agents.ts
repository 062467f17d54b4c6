import { PortcullisError } from '../domain/errors.ts';
import type { AgentId, UserId, WorkspaceId } from '../domain/ids.ts';
import { type Caller, principalIdOf } from '../domain/principal.ts';
import type { CompilePolicy } from '../domain/rights.ts';
import type { Now } from '../domain/units.ts';
import type { AccountStore, AgentAccount, Member, WorkspaceAccounts } from './account-store.ts';
import { humanBehind, requireStillHeld, standingOf } from './author.ts';
import { lockWorkspace } from './lock-workspace.ts';

export interface Agents {
  /** Makes a service account. A member of the workspace answers for it: the author, unless another is named. */
  create(author: Caller, workspaceId: WorkspaceId, agent: NewAgent): Promise<Member>;
  /**
   * Renames, reassigns, suspends or resumes an agent. Reassigning ends a suspension because of a lost owner, but not
   * one that a member ordered. An agent works only while its owner is an enabled member: otherwise throws `conflict`.
   */
  change(author: Caller, workspaceId: WorkspaceId, id: AgentId, change: AgentRequest): Promise<Member>;
}

export interface NewAgent {
  readonly name: string;
  readonly role: string;
  readonly ownerId?: UserId | undefined;
}

export interface AgentRequest {
  readonly name?: string | undefined;
  readonly ownerId?: UserId | undefined;
  readonly suspended?: boolean | undefined;
}

export function createAgents({
  store,
  compile,
  now,
}: {
  store: AccountStore;
  compile: CompilePolicy;
  now: Now;
}): Agents {
  return {
    create: (author, workspaceId, { name, role, ownerId }) =>
      store.inWorkspace(workspaceId, async accounts => {
        await lockWorkspace(accounts);
        const { held, ofRole } = await standingOf({ compile, now }, author, accounts);
        requireStillHeld(held, ['members', ...ofRole(role)]);
        const owner = ownerId ?? humanBehind(author);
        if (owner === null)
          throw new PortcullisError('validation_error', 'ownerId must name who answers for the agent.');
        await requireAnswerable(accounts, owner);
        const id = await accounts.addAgent({ name, ownerId: owner });
        await accounts.addMember(id, role, principalIdOf(author));
        return memberOf(accounts, id);
      }),

    change: (author, workspaceId, id, request) =>
      store.inWorkspace(workspaceId, async accounts => {
        await lockWorkspace(accounts);
        requireStillHeld((await standingOf({ compile, now }, author, accounts)).held, ['members']);
        await memberOf(accounts, id);
        await accounts.lockPrincipal(id);
        const agent = await accounts.agent(id);
        if (agent === null) throw noSuchAgent();
        const ownerId = request.ownerId ?? agent.ownerId;
        const suspension = suspensionAfter(agent, request, now());
        if (request.ownerId !== undefined || (agent.suspension !== null && suspension === null)) {
          await requireAnswerable(accounts, ownerId);
        }
        await accounts.changeAgent(id, { name: request.name ?? agent.name, ownerId, suspension });
        return memberOf(accounts, id);
      }),
  };
}

function suspensionAfter(agent: AgentAccount, request: AgentRequest, at: Date): AgentAccount['suspension'] {
  if (request.suspended === true) return agent.suspension ?? { because: 'by_hand', at };
  if (request.suspended === false) return null;
  const ownerFound = request.ownerId !== undefined && agent.suspension?.because === 'owner_gone';
  return ownerFound ? null : agent.suspension;
}

async function requireAnswerable(accounts: WorkspaceAccounts, owner: UserId): Promise<void> {
  const principal = await accounts.lockPrincipal(owner);
  const member = await accounts.member(owner);
  if (principal !== null && !principal.disabled && member !== null) return;
  throw new PortcullisError('conflict', 'The owner of an agent must be a member of the workspace who can sign in.');
}

async function memberOf(accounts: WorkspaceAccounts, id: AgentId): Promise<Member> {
  const member = await accounts.member(id);
  if (member === null) throw noSuchAgent();
  return member;
}

function noSuchAgent(): PortcullisError {
  return new PortcullisError('not_found', 'There is no such agent.');
}
