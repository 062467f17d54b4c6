import type { Action } from './action.ts';
import type { GrantScope } from './grant.ts';
import type { GrantId, PrincipalId } from './ids.ts';
import type { PastCall } from './past-call.ts';

/** A grant that has no effect, and why. */
export interface IdleGrant {
  readonly grant: GrantId;
  readonly because: /** It names no action, or a role that allows none. */
    | 'no_actions'
    | 'expired'
    /** No call can ever meet its conditions. */
    | 'never_holds'
    /** Its subject includes no member. */
    | 'nobody'
    /** Its scopes include no known object. */
    | 'nowhere'
    /** Without it, every call of every member would be decided the same. */
    | 'changes_nothing';
}

/** A grant or a role that allows more than was used, and the calls that would break if it were smaller. */
export interface LesserRight<Call extends PastCall> {
  readonly about: { readonly grant: GrantId } | { readonly principal: PrincipalId; readonly role: string };
  /** Actions that stay. Empty: the whole grant or role goes. */
  readonly keeps: readonly Action[];
  /** For a grant: the scopes that stay. */
  readonly scopes: readonly GrantScope[];
  /** The number of calls that it helped to allow. */
  readonly uses: number;
  /** Past calls that would be denied. Empty, unless conditions or other grants also played a part in them. */
  readonly breaks: readonly Call[];
}
