import type { Container } from './ancestry.ts';
import type { Grant, GrantScope } from './grant.ts';
import type { GrantId, GroupId, PrincipalId } from './ids.ts';
import type { Judgement } from './policy-snapshot.ts';

/** Why a principal may or may not do something, and what would change it. */
export interface ExplainedJudgement {
  readonly judgement: Judgement;
  /** From the object up to the top; empty if it has no place, or if its place is not known. */
  readonly path: readonly Container[];
  /** Every grant that determines the judgement. */
  readonly grants: readonly ExplainedGrant[];
  /** Changes, each of which alone reverses the judgement; those that change the least come first. Each was tried. */
  readonly changes: readonly Flip[];
}

export interface ExplainedGrant {
  readonly grant: Grant;
  /** How the grant applies to the principal. */
  readonly via: SubjectChain;
  /** The scope of it that covers the object; null of a limit: none does. */
  readonly scope: GrantScope | null;
}

/** By name, as a member, or by a group. `inside`: the principal is in this group, and the grant's group holds it. */
export type SubjectChain =
  | { readonly by: 'name' | 'everyone' }
  | { readonly by: 'group'; readonly group: GroupId; readonly inside: GroupId | null };

/** One change that reverses a judgement. */
export type Flip =
  | { readonly kind: 'add_grant'; readonly effect: 'allow' | 'deny'; readonly scope: GrantScope }
  | { readonly kind: 'limit_includes'; readonly grant: GrantId; readonly scope: GrantScope }
  /** One, or all that determine it where none of them alone is enough. */
  | { readonly kind: 'remove_grants'; readonly grants: readonly GrantId[] }
  | { readonly kind: 'join_group' | 'leave_group'; readonly group: GroupId }
  | { readonly kind: 'set_role'; readonly role: string }
  | { readonly kind: 'remove_member' }
  /** Without the key's limit the principal may do it. */
  | { readonly kind: 'other_key' };

/** A principal who may do something, in every call or in some. */
export interface Capable {
  readonly principal: PrincipalId;
  readonly calls: 'always' | 'sometimes';
  readonly because: 'role' | 'grant';
  /** The grants that allow it, beside the role. */
  readonly grants: readonly GrantId[];
}
