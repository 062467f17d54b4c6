/**
 * START HERE. Every request takes this path, from every door:
 *
 *   identify → resolve → authorize → intent → forward → withhold → outcome
 *
 * There is no early exit before the log. A denial is a decision, and is durable before the caller gets it.
 */

import type { CallOutcome, DecidedCall } from './domain/decided-call.ts';
import type { Decision } from './domain/decision.ts';
import { PortcullisError } from './domain/errors.ts';
import type { Facts } from './domain/facts.ts';
import { newId } from './domain/ids.ts';
import type { Answer, Call, Reconsider, Released } from './domain/operation.ts';
import type { Caller } from './domain/principal.ts';
import type { Now } from './domain/units.ts';

/** The steps, in the order in which they run. `src/compose/` provides them. */
export interface Steps {
  /** Turns credentials into a caller. Bad credentials give an anonymous caller with a reason, never an error. */
  identify(call: Call): Promise<Caller>;
  /** Gathers what a pure decision needs. */
  resolve(call: Call, caller: Caller): Promise<Facts>;
  /** Decides. Pure and total. */
  authorize(call: Call, caller: Caller, facts: Facts): Decision;
  /** Makes the decision durable if its facts still hold; `stale` if they do not (rule 10). */
  intend(decided: DecidedCall): Promise<'recorded' | 'stale'>;
  /** Drops cached facts for this call, so that the next attempt decides on fresh ones. */
  forget(decided: DecidedCall): void;
  /** Turns a denial into the error that the caller may see. */
  refuse(decided: DecidedCall): PortcullisError;
  /** Sends an allowed call to Notion, or runs the local command. */
  forward(decided: DecidedCall): Promise<Answer>;
  /** Removes from the answer what the caller may not see, or finds that the call must be decided again (rule 18). */
  withhold(decided: DecidedCall, answer: Answer): Promise<Released | Reconsider>;
  /** Makes the outcome durable. Throws if it cannot: then nothing is released. */
  conclude(decided: DecidedCall, outcome: CallOutcome): Promise<void>;
  /**
   * The call is over, in any way. Once its answer has closed (if it is a stream), it no longer counts among its
   * principal's running calls.
   */
  leave(call: Call, answer: Answer | null): void;
  now: Now;
}

/** Carries one call along the path. Throws `PortcullisError` for every refusal and failure. */
export type Gateway = (call: Call) => Promise<Answer>;

/** How often a call is decided before it is refused because permissions keep changing underneath it. */
const decisionsMax = 4;

export function createGateway(steps: Steps): Gateway {
  return async function pass(call) {
    let answer: Answer | null = null;
    try {
      for (let attempt = 1; answer === null; attempt++) {
        const decided = await decide(steps, call);
        if (decided.decision.effect === 'deny') throw steps.refuse(decided);
        const outcome = await carryOut(steps, decided);
        await steps.conclude(decided, outcome);
        if (outcome.kind === 'failed') throw outcome.error;
        if (outcome.kind === 'answered') answer = outcome.released.answer;
        else decideAgain(steps, decided, attempt);
      }
      return answer;
    } finally {
      steps.leave(call, answer);
    }
  };
}

/** A read is repeated on what its answer has shown. A write was made, so it is not, and its answer is refused (rule 18). */
function decideAgain(steps: Steps, decided: DecidedCall, attempt: number): void {
  const { effect } = decided.call.operation;
  if (effect === 'write') throw new PortcullisError('object_moved', movedDuringWrite);
  if (attempt === decisionsMax) throw new PortcullisError('object_moved');
  steps.forget(decided);
}

const movedDuringWrite =
  'The change was made, but the object stands elsewhere than was known, so the answer is withheld. Do not repeat the call.';

/** identify → resolve → authorize → intent, until the decision is durable on facts that still hold. */
async function decide(steps: Steps, call: Call): Promise<DecidedCall> {
  for (let attempt = 1; ; attempt++) {
    const caller = await steps.identify(call);
    const facts = { ...(await steps.resolve(call, caller)), unstable: attempt === decisionsMax };
    const decision = steps.authorize(call, caller, facts);
    const decided: DecidedCall = { id: newId('evt'), call, caller, facts, decision, decidedAt: steps.now() };
    if ((await steps.intend(decided)) === 'recorded') return decided;
    steps.forget(decided);
  }
}

/** forward → withhold. A failure is an outcome too: it is in the log before the caller gets it. */
async function carryOut(steps: Steps, decided: DecidedCall): Promise<CallOutcome> {
  try {
    const answer = await steps.forward(decided);
    const released = await steps.withhold(decided, answer);
    return 'reconsider' in released ? { kind: 'reconsidered', status: answer.status } : { kind: 'answered', released };
  } catch (error) {
    return { kind: 'failed', error };
  }
}
