import type { Action } from './action.ts';
import type { GrantConditions, GrantEffect, GrantScope } from './grant.ts';
import type { GrantId, PrincipalId, WorkspaceId } from './ids.ts';
import type { Policy } from './policy.ts';

/**
 * A subject in a policy document: `everyone`, `group:NAME`, `agent:NAME`, the address of a person, or the id of a user,
 * an agent or a group.
 */
export type SubjectName = string;

/** A grant as a person proposes it. Its names are not looked up yet. */
export interface ProposedGrant {
  readonly effect: GrantEffect;
  readonly to: SubjectName;
  readonly actions: readonly Action[] | { readonly role: string };
  readonly scopes: readonly GrantScope[];
  readonly when: GrantConditions | null;
  readonly properties: readonly string[] | null;
  readonly reason: string;
}

/** A statement that no one may do something under a page. It is checked on every change. */
export interface Invariant {
  readonly never: { readonly who: SubjectName; readonly may: Action; readonly on: GrantScope };
}

/** A case of the policy's own tests. */
export interface PolicyTest {
  readonly who: SubjectName;
  readonly may: Action;
  readonly on: GrantScope;
  readonly expect: 'allow' | 'deny';
}

/** A whole policy, as a document writes it (design section 6). */
export interface PolicyDocument {
  readonly version: 1;
  readonly roles: Readonly<Record<string, readonly Action[]>>;
  readonly groups: Readonly<Record<string, readonly SubjectName[]>>;
  /** Every member with their role. Null: the members stay as they are. */
  readonly members: Readonly<Record<SubjectName, string>> | null;
  readonly grants: readonly ProposedGrant[];
  readonly invariants: readonly Invariant[];
  readonly tests: readonly PolicyTest[];
}

/** A proposed change of a policy. */
export type PolicyProposal =
  | { readonly kind: 'add_grant'; readonly id: GrantId; readonly grant: ProposedGrant }
  | { readonly kind: 'remove_grant'; readonly id: GrantId }
  | { readonly kind: 'set_group'; readonly name: string; readonly members: readonly SubjectName[] }
  | { readonly kind: 'remove_group'; readonly name: string }
  | { readonly kind: 'set_role'; readonly name: string; readonly actions: readonly Action[] }
  | { readonly kind: 'remove_role'; readonly name: string }
  | { readonly kind: 'replace'; readonly document: PolicyDocument }
  /** The draft of the workspace at this revision of it becomes the policy. */
  | { readonly kind: 'promote_draft'; readonly draft: number };

/** Computes the policy that a proposal would lead to, for the decision about the proposal. */
export interface Proposals {
  /** Null: the proposal cannot be applied. Changes nothing in any case. */
  outcome(
    workspaceId: WorkspaceId,
    before: Policy,
    proposal: PolicyProposal,
    author: PrincipalId,
  ): Promise<Policy | null>;
}
