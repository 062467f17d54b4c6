import type { AllowReason, DenyReason } from './decision-reasons.ts';
import type { DecisionId, GrantId } from './ids.ts';
import type { Demand } from './operation.ts';

/** A decision is a value with its reason. `authorize` is the only place that makes one. */
export type Decision = Allow | Deny;

export interface Allow {
  readonly id: DecisionId;
  readonly effect: 'allow';
  readonly because: AllowReason;
  readonly role: string | null;
  /** The grants that led to it, for all demands together. */
  readonly grants: readonly GrantId[];
  /** For `withhold`: whether the caller may read what this call returns (rule 13). */
  readonly mayRead: boolean;
  /** For `withhold`: whether the caller may see Notion's error text. It quotes titles and values of nearby objects. */
  readonly mayHear: boolean;
}

export interface Deny {
  readonly id: DecisionId;
  readonly effect: 'deny';
  readonly because: DenyReason;
  readonly role: string | null;
  /** The grants that led to it. */
  readonly grants: readonly GrantId[];
  /** The demand that was not allowed; null if the call was denied for another reason. */
  readonly demand: Demand | null;
  /** Only a caller who may read the object learns that it exists; all others get Notion's 404 (design section 5). */
  readonly mayRead: boolean;
}
