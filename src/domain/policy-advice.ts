import type { Action } from './action.ts';
import type { GrantScope } from './grant.ts';
import type { GrantId, PrincipalId } from './ids.ts';
import type { PastCall } from './past-call.ts';

/** A grant that decides nothing, and why. */
export interface IdleGrant {
  readonly grant: GrantId;
  readonly because: /** It names no action, or a role that allows none. */
    | 'no_actions'
    | 'expired'
    /** No call can meet its conditions, at whatever time. */
    | 'never_holds'
    /** No member is meant by it. */
    | 'nobody'
    /** Nothing that is known stands in its scopes. */
    | 'nowhere'
    /** Without it, the same would be decided for everybody, everywhere and in every call. */
    | 'changes_nothing';
}

/** A grant or a role that is bigger than what was used of it, with what it would break to make it smaller. */
export interface LesserRight<Call extends PastCall> {
  readonly about: { readonly grant: GrantId } | { readonly principal: PrincipalId; readonly role: string };
  /** Actions that stay; empty: everything goes. */
  readonly keeps: readonly Action[];
  /** Of a grant: where it stays. */
  readonly scopes: readonly GrantScope[];
  /** Calls that it had a part in. */
  readonly uses: number;
  /** Calls of the past that would be denied. None, unless conditions or other grants had a part in them. */
  readonly breaks: readonly Call[];
}
