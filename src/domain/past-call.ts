import type { Action } from './action.ts';
import type { GrantId, PrincipalId } from './ids.ts';
import type { Asker, JudgedObject } from './policy-snapshot.ts';

/** A call of the past, with what was known of its objects then, or what is known now. Its moment is in the asker's context. */
export interface PastCall {
  readonly asker: Asker;
  /** What it did, and with what; all of it must be allowed. Never empty. */
  readonly demands: readonly { readonly action: Action; readonly object: JudgedObject }[];
  readonly effect: 'allow' | 'deny';
}

/** An allowed call whose objects nobody can place any more: what the log says of it. */
export interface UnplacedCall {
  readonly principal: PrincipalId;
  readonly actions: readonly Action[];
  readonly grants: readonly GrantId[];
}
