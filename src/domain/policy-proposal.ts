import type { Action } from './action.ts';
import type { GrantConditions, GrantEffect, GrantScope } from './grant.ts';
import type { GrantId, PrincipalId, WorkspaceId } from './ids.ts';
import type { Policy } from './policy.ts';

/**
 * Somebody as a policy document names them: `everyone`, `group:NAME`, `agent:NAME`, the address of a person, or an id of a
 * user, an agent or a group.
 */
export type SubjectName = string;

/** A grant as somebody asks for it; names are not yet looked up. */
export interface ProposedGrant {
  readonly effect: GrantEffect;
  readonly to: SubjectName;
  readonly actions: readonly Action[] | { readonly role: string };
  readonly scopes: readonly GrantScope[];
  readonly when: GrantConditions | null;
  readonly properties: readonly string[] | null;
  readonly reason: string;
}

/** Nobody under a page may do something: checked on every change. */
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

/** A whole policy, as the document says it (design section 6). */
export interface PolicyDocument {
  readonly version: 1;
  readonly roles: Readonly<Record<string, readonly Action[]>>;
  readonly groups: Readonly<Record<string, readonly SubjectName[]>>;
  /** Every member, and in which role. Null: they stay as they are. */
  readonly members: Readonly<Record<SubjectName, string>> | null;
  readonly grants: readonly ProposedGrant[];
  readonly invariants: readonly Invariant[];
  readonly tests: readonly PolicyTest[];
}

/** A change of a policy that somebody asks for. */
export type PolicyProposal =
  | { readonly kind: 'add_grant'; readonly id: GrantId; readonly grant: ProposedGrant }
  | { readonly kind: 'remove_grant'; readonly id: GrantId }
  | { readonly kind: 'set_group'; readonly name: string; readonly members: readonly SubjectName[] }
  | { readonly kind: 'remove_group'; readonly name: string }
  | { readonly kind: 'set_role'; readonly name: string; readonly actions: readonly Action[] }
  | { readonly kind: 'remove_role'; readonly name: string }
  | { readonly kind: 'replace'; readonly document: PolicyDocument };

/** Says what a proposal would make of a policy, for the decision about it. */
export interface Proposals {
  /** Null: the proposal cannot be applied. Nothing is changed either way. */
  outcome(
    workspaceId: WorkspaceId,
    before: Policy,
    proposal: PolicyProposal,
    author: PrincipalId,
  ): Promise<Policy | null>;
}
