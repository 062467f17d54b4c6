import type { Action } from './action.ts';
import type { AgentId, InvitationId, KeyId, PrincipalId, UserId, WorkspaceId } from './ids.ts';
import type { PolicyProposal } from './policy-proposal.ts';

/** A person, an agent, a key or an invitation that a call is about. The prefix of the id says which. */
export type SubjectId = UserId | AgentId | KeyId | InvitationId;

/** What a decision must know of one of these. */
export interface Subject {
  /** Who needs no right to manage it: a key's principal and, if that is an agent, its owner; an agent and its owner. */
  readonly owners: readonly PrincipalId[];
  /** The role of a member of the workspace, or the one that an invitation to it gives. Null without one. */
  readonly role: string | null;
  /** A person's rights in the deployment, whether or not the account is disabled. */
  readonly rights: ReadonlySet<Action>;
  readonly disabled: boolean;
  /** A person reaches more than members of the workspace do: other workspaces, or connections for them alone. */
  readonly beyond: boolean;
}

/** Where subjects are looked up. */
export interface Subjects {
  /** Those that there are among the ids: in the workspace, or for null and for people in the deployment. */
  find(workspaceId: WorkspaceId | null, ids: readonly SubjectId[]): Promise<ReadonlyMap<string, Subject>>;
}

/** What a call gives to somebody. Nobody gives what they do not hold (rule 8). */
export type Gift =
  /** What a new key is limited to. One's own key is judged by one's own rights wherever it is used. */
  | {
      readonly kind: 'key';
      readonly own: boolean;
      /** Whose key it is, where it is not the maker's own. */
      readonly of: PrincipalId | undefined;
      readonly actions: readonly Action[] | undefined;
      readonly role: string | undefined;
      readonly under: readonly string[] | undefined;
    }
  /** A role; where somebody has one already (`to`), what it adds to that. */
  | { readonly kind: 'role'; readonly role: string; readonly to?: PrincipalId }
  /** What an invitation gives once it is accepted. */
  | { readonly kind: 'invitation'; readonly id: InvitationId }
  /** A way to sign in as somebody. By mail it reaches that person alone; else the author could use it. */
  | { readonly kind: 'identity'; readonly of: UserId; readonly byMail: boolean }
  /** What a change of the policy lets anybody do that they could not. */
  | { readonly kind: 'policy'; readonly proposal: PolicyProposal }
  /** Rights in the deployment. */
  | { readonly kind: 'rights'; readonly rights: readonly Action[] }
  /** What a change of a person's account adds to what they can do now. Somebody who is disabled can do nothing. */
  | {
      readonly kind: 'account';
      readonly of: UserId;
      readonly rights: readonly Action[] | undefined;
      readonly disabled: boolean | undefined;
    };
