import type { Action } from './action.ts';
import type { GrantId, PrincipalId } from './ids.ts';
import type { Asker, JudgedObject } from './policy-snapshot.ts';

/** A past call, with what was known about its objects then, or what is known now. The asker's context has its time. */
export interface PastCall {
  readonly asker: Asker;
  /** The actions and their objects; all of them must be allowed. Never empty. */
  readonly demands: readonly { readonly action: Action; readonly object: JudgedObject }[];
  readonly effect: 'allow' | 'deny';
}

/** An allowed call on objects whose place is no longer known: what the log says about it. */
export interface UnplacedCall {
  readonly principal: PrincipalId;
  readonly actions: readonly Action[];
  readonly grants: readonly GrantId[];
}
