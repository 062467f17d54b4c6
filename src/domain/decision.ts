import type { DecisionId } from './ids.ts';
import type { Demand } from './operation.ts';

export type AllowReason = 'role' | 'self' | 'owner' | 'member' | 'deployment_right' | 'system';

export type DenyReason =
  | 'unauthenticated'
  | 'malformed'
  | 'other_workspace'
  | 'not_a_member'
  | 'role_lacks_action'
  | 'key_lacks_action'
  | 'lacks_deployment_right'
  | 'not_the_owner'
  | 'gives_too_much'
  | 'takes_a_person'
  | 'takes_a_session'
  | 'nothing_to_decide'
  | 'no_workspace'
  | 'no_connection'
  | 'connection_blocked'
  | 'too_many_calls'
  | 'policy_changed';

/** A decision is a value with its reason. `authorize` is the only place that makes one. */
export type Decision = Allow | Deny;

export interface Allow {
  readonly id: DecisionId;
  readonly effect: 'allow';
  readonly because: AllowReason;
  readonly role: string | null;
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
  /** The demand that failed, when one did. */
  readonly demand: Demand | null;
  /** Existence is confirmed only to those who may read: everyone else gets Notion's 404 (design section 5). */
  readonly mayRead: boolean;
}
