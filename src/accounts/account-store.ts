import type { Action } from '../domain/action.ts';
import type { AgentId, KeyId, PrincipalId, SessionId, UserId, WorkspaceId } from '../domain/ids.ts';
import type { Listed, Listing } from '../domain/listing.ts';
import type { Policy } from '../domain/policy.ts';
import type { Offer, WorkspaceInvitations } from './invitation-store.ts';

/**
 * Stores people, agents and their credentials.
 *
 * Each function runs `work` in one transaction: all of its changes are kept or, if it throws, none. Every writer takes
 * locks in this order: workspace, principals by id, then their credentials.
 */
export interface AccountStore {
  /** One workspace and nothing outside of it. */
  inWorkspace<T>(workspaceId: WorkspaceId, work: (accounts: WorkspaceAccounts) => Promise<T>): Promise<T>;
  /** People, across workspaces. */
  inDeployment<T>(work: (accounts: DeploymentAccounts) => Promise<T>): Promise<T>;
}

export interface Member {
  readonly principalId: PrincipalId;
  readonly kind: 'user' | 'agent';
  readonly name: string;
  /** Null for agents. */
  readonly email: string | null;
  /** The person who is responsible for an agent, and whether they are still a member; null for users. */
  readonly owner: { readonly id: UserId; readonly name: string; readonly isMember: boolean } | null;
  readonly role: string;
  readonly disabled: boolean;
  readonly suspended: boolean;
  readonly createdAt: Date;
}

export type MemberListing = Listing<'name' | 'role' | 'joined'> & { readonly kind?: Member['kind'] | undefined };

export interface ApiKey {
  readonly id: KeyId;
  readonly name: string;
  readonly principalId: PrincipalId;
  readonly principalName: string;
  readonly ending: string;
  /** Null: everything that the principal may do. */
  readonly ceiling: readonly string[] | null;
  /** Pages and databases that content must lie under. Null: no such limit. */
  readonly under: readonly string[] | null;
  readonly createdBy: PrincipalId;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

export type KeyListing = Listing<'created' | 'name' | 'principal' | 'expires' | 'used'> & {
  /** Only keys that can still be used at this time. */
  readonly workingAt?: Date | undefined;
};

export interface NewApiKey {
  readonly id: KeyId;
  readonly principalId: PrincipalId;
  readonly name: string;
  readonly hash: Buffer;
  readonly ending: string;
  readonly ceiling: readonly Action[] | null;
  readonly under: readonly string[] | null;
  readonly createdBy: PrincipalId;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** Why an agent does nothing: its owner was disabled or left, or a member suspended it. */
export type Suspension = 'owner_gone' | 'by_hand';

export interface AgentAccount {
  readonly id: AgentId;
  readonly name: string;
  readonly ownerId: UserId;
  readonly suspension: { readonly because: Suspension; readonly at: Date } | null;
}

export interface AgentChange {
  readonly name: string;
  readonly ownerId: UserId;
  readonly suspension: { readonly because: Suspension; readonly at: Date } | null;
}

export interface WorkspaceAccounts extends WorkspaceInvitations {
  /**
   * Locks the workspace until the end: no other transaction changes its members meanwhile. False: there is no such
   * workspace.
   */
  lock(): Promise<boolean>;
  /** Locks a principal until the end: it is not disabled meanwhile. Null: there is no such principal. */
  lockPrincipal(id: PrincipalId): Promise<{ readonly disabled: boolean } | null>;

  /** What of the policy concerns these principals: all roles, and the grants and groups that are for them. */
  policyOf(principals: readonly PrincipalId[]): Promise<Policy>;
  members(): Promise<Member[]>;
  /** A search looks at names alone, or at addresses too. */
  findMembers(listing: MemberListing, searched: 'names' | 'addresses'): Promise<Listed<Member>>;
  member(id: PrincipalId): Promise<Member | null>;
  addMember(id: PrincipalId, role: string, createdBy: PrincipalId | null): Promise<void>;
  setRole(id: PrincipalId, role: string): Promise<void>;
  /** Whether a principal has connections here that are for them alone. */
  hasOwnConnections(id: PrincipalId): Promise<boolean>;
  /** Its keys in this workspace go with it. */
  removeMember(id: PrincipalId): Promise<void>;

  agent(id: AgentId): Promise<AgentAccount | null>;
  addAgent(agent: { readonly name: string; readonly ownerId: UserId }): Promise<AgentId>;
  changeAgent(id: AgentId, change: AgentChange): Promise<void>;
  agentsOf(owner: UserId): Promise<AgentId[]>;
  suspendAgentsOf(owner: UserId, at: Date): Promise<void>;

  /** Of some principals, or of all. */
  findKeys(of: readonly PrincipalId[] | 'everyone', listing: KeyListing): Promise<Listed<ApiKey>>;
  key(id: KeyId): Promise<ApiKey | null>;
  addKey(key: NewApiKey): Promise<void>;
  revokeKey(id: KeyId, at: Date): Promise<void>;
}

export interface UserAccount {
  readonly id: UserId;
  /** Until it is proven, only a label, which other accounts may have too. */
  readonly email: string;
  readonly name: string;
  readonly deploymentRights: ReadonlySet<Action>;
  readonly disabled: boolean;
  readonly passwordHash: string | null;
  /** When a mail to the address proved that it is theirs; null: it is not proved. */
  readonly emailProvenAt: Date | null;
  readonly createdAt: Date;
}

export interface NewUserAccount {
  readonly id: UserId;
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string | null;
  readonly deploymentRights: readonly Action[];
}

export type LinkPurpose = 'first_run' | 'invitation' | 'recovery' | 'demo';

export interface NewLink {
  readonly hash: Buffer;
  readonly userId: UserId;
  readonly purpose: LinkPurpose;
  /** Whether it goes to the person's address by mail: using it proves the address. */
  readonly mailed: boolean;
  readonly createdBy: PrincipalId | null;
  readonly madeWithKey: KeyId | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export interface NewSession {
  readonly id: SessionId;
  readonly hash: Buffer;
  readonly userId: UserId;
  readonly openedBy: 'password' | 'link';
  readonly createdAt: Date;
  readonly idleExpiresAt: Date;
  readonly expiresAt: Date;
  readonly clientAddress: string;
  readonly userAgent: string;
}

export interface Session {
  readonly id: SessionId;
  readonly openedBy: 'password' | 'link';
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly expiresAt: Date;
  readonly clientAddress: string;
  readonly userAgent: string;
}

export interface DeploymentAccounts {
  /** One workspace, in the same transaction: for changes that must happen in both or in neither. */
  within(workspaceId: WorkspaceId): WorkspaceAccounts;
  /** Locks the whole list of people until the end. For the first run, and for changes that depend on who is left. */
  lockPeople(): Promise<void>;
  /** Holds a user, and with `agents` also the agents that they own, in all workspaces. */
  lockUser(id: UserId, also?: 'agents'): Promise<void>;

  users(): Promise<UserAccount[]>;
  user(id: UserId): Promise<UserAccount | null>;
  /**
   * Holds what belongs to an address until the end: which account it is proven for, and the passwords under it. Taken after
   * the locks on principals.
   */
  lockAddress(email: string): Promise<void>;
  /** The accounts that bear an address: the one that it is proven for, then the oldest. At most `max`. */
  usersNamed(email: string, max: number): Promise<UserAccount[]>;
  /** The account of an address and a password. The password is given by its hash. */
  userBySignIn(email: string, passwordHash: string): Promise<UserAccount | null>;
  addUser(user: NewUserAccount): Promise<void>;
  setDisabled(id: UserId, at: Date | null): Promise<void>;
  setDeploymentRights(id: UserId, rights: readonly Action[]): Promise<void>;
  setPassword(id: UserId, hash: string): Promise<void>;
  /** The address belongs to this account from now on, unless another account has proved it already. */
  proveEmail(id: UserId, at: Date): Promise<void>;
  /** The invitation behind the hash of a link that still works. */
  offerOf(hash: Buffer, at: Date): Promise<Offer | null>;
  workspaceName(id: WorkspaceId): Promise<string>;
  /** The workspaces of which a user is a member. */
  workspacesOf(id: UserId): Promise<WorkspaceId[]>;
  /** Revokes the keys of a user in all workspaces. */
  revokeKeysOf(id: UserId, at: Date): Promise<void>;
  /** Ends what a user allowed MCP clients to do, in all workspaces, as themselves or as an agent. */
  revokeConsentsOf(id: UserId, at: Date): Promise<void>;
  /** Suspends the agents of a user in all workspaces. */
  suspendAgentsOf(id: UserId, at: Date): Promise<void>;

  addSession(session: NewSession): Promise<void>;
  /** The sessions that could be used at that time, the newest first. */
  sessionsOf(id: UserId, at: Date): Promise<Session[]>;
  endSession(userId: UserId, id: SessionId, at: Date): Promise<boolean>;
  /** The session that ended, and its user; null if it is unknown or already over. */
  endSessionByHash(hash: Buffer, at: Date): Promise<{ readonly id: SessionId; readonly userId: UserId } | null>;
  endSessionsOf(id: UserId, at: Date, except?: SessionId): Promise<number>;

  addLink(link: NewLink): Promise<void>;
  /** Marks a link as used and returns its user. Null: unknown, used or expired. Of two calls at once, one gets it. */
  takeLink(
    hash: Buffer,
    at: Date,
  ): Promise<{ readonly userId: UserId; readonly purpose: LinkPurpose; readonly mailed: boolean } | null>;
  /** Makes the unused links of a user worthless. */
  retireLinksOf(id: UserId, at: Date): Promise<void>;
  /** Makes the unused links worthless that this author made for others. */
  retireLinksBy(author: PrincipalId, at: Date): Promise<void>;
  /** Makes the unused links worthless that a key made for others. */
  retireLinksMadeWith(key: KeyId, at: Date): Promise<void>;
}
