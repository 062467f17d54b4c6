import type { Action } from './action.ts';
import type { AgentId, InvitationId, KeyId, PrincipalId, UserId, WorkspaceId } from './ids.ts';
import type { PolicyProposal } from './policy-proposal.ts';

/** A person, an agent, a key or an invitation that a call is about. The prefix of the id says which. */
export type SubjectId = UserId | AgentId | KeyId | InvitationId;

/** What a decision must know of one of these. */
export interface Subject {
  /**
   * The principals who need no right to manage it: for a key its principal and, if that is an agent, the agent's owner;
   * for an agent itself and its owner.
   */
  readonly owners: readonly PrincipalId[];
  /** The role of a member of the workspace, or the role that an invitation gives. Null if there is none. */
  readonly role: string | null;
  /** A person's rights in the deployment, whether or not the account is disabled. */
  readonly rights: ReadonlySet<Action>;
  readonly disabled: boolean;
  /**
   * The person can use more than members of the workspace can: other workspaces, or connections that only this person
   * may use.
   */
  readonly beyond: boolean;
}

/** Looks subjects up. */
export interface Subjects {
  /** Those of the ids that exist: in the workspace, or (for null, and for people) in the deployment. */
  find(workspaceId: WorkspaceId | null, ids: readonly SubjectId[]): Promise<ReadonlyMap<string, Subject>>;
}

/** What a call gives to a principal. A caller cannot give what they do not hold (rule 8). */
export type Gift =
  /** The limit of a new key. A key for its maker has the maker's own rights at each use. */
  | {
      readonly kind: 'key';
      readonly own: boolean;
      /** The principal of the key, if it is not for the maker. */
      readonly of: PrincipalId | undefined;
      readonly actions: readonly Action[] | undefined;
      readonly role: string | undefined;
      readonly under: readonly string[] | undefined;
    }
  /** A role. If the receiver (`to`) already has a role, only what the new role adds counts. */
  | { readonly kind: 'role'; readonly role: string; readonly to?: PrincipalId }
  /** What an invitation gives when it is accepted. */
  | { readonly kind: 'invitation'; readonly id: InvitationId }
  /** A way to sign in as this person. A mail reaches that person alone; otherwise the caller could use it. */
  | { readonly kind: 'identity'; readonly of: UserId; readonly byMail: boolean }
  /** What a change of the policy allows that was not allowed before, to any principal. */
  | { readonly kind: 'policy'; readonly proposal: PolicyProposal }
  /** Rights in the deployment. */
  | { readonly kind: 'rights'; readonly rights: readonly Action[] }
  /** What a change of an account adds to what the person can do now. A disabled person can do nothing. */
  | {
      readonly kind: 'account';
      readonly of: UserId;
      readonly rights: readonly Action[] | undefined;
      readonly disabled: boolean | undefined;
    };
