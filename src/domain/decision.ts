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
  /** The grants that determined it, for all demands together. */
  readonly grants: readonly GrantId[];
  /** What `withhold` must know: may the caller read what this call returns (rule 13). */
  readonly mayRead: boolean;
  /** And what Notion says when it refuses: that quotes titles and values of whatever stands around. */
  readonly mayHear: boolean;
}

export interface Deny {
  readonly id: DecisionId;
  readonly effect: 'deny';
  readonly because: DenyReason;
  readonly role: string | null;
  /** The grants that determined it. */
  readonly grants: readonly GrantId[];
  /** The demand that failed, when one did. */
  readonly demand: Demand | null;
  /** Existence is confirmed only to those who may read: everyone else gets Notion's 404 (design section 5). */
  readonly mayRead: boolean;
}
