import type { Decision } from './decision.ts';
import type { Facts } from './facts.ts';
import type { EventId } from './ids.ts';
import type { Call, Released } from './operation.ts';
import type { Caller } from './principal.ts';

/** A call with everything that was decided about it. What the log records, and what the later steps work from. */
export interface DecidedCall {
  /** Names the intent (or denial) entry in the log. */
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
  /** Answered by Notion, and the answer withheld as a whole: the call is decided again (rule 18). */
  | { readonly kind: 'reconsidered'; readonly status: number };
