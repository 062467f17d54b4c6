import type { Decision } from './decision.ts';
import type { Facts } from './facts.ts';
import type { EventId } from './ids.ts';
import type { Call, Released } from './operation.ts';
import type { Caller } from './principal.ts';

/** A call with the decision about it: what the log records, and what the later steps need. */
export interface DecidedCall {
  /** The id of the intent (or denial) entry in the log. */
  readonly id: EventId;
  readonly call: Call;
  readonly caller: Caller;
  readonly facts: Facts;
  readonly decision: Decision;
  readonly decidedAt: Date;
}

/** How a forwarded call ended. */
export type CallOutcome =
  | { readonly kind: 'answered'; readonly released: Released }
  | { readonly kind: 'failed'; readonly error: unknown }
  /** Notion answered, but the answer is withheld as a whole: the call is decided again (rule 18). */
  | { readonly kind: 'reconsidered'; readonly status: number };
