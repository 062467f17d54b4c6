/**
 * START HERE. Every request takes this path, whatever door it came through:
 *
 *   identify → resolve → authorize → intent → forward → withhold → outcome
 *
 * There is no early exit before the log. A denial is a decision, and is durable before the caller hears of it.
 */
import type { Decision } from './domain/decision.ts';
import type { PortcullisError } from './domain/errors.ts';
import type { Facts } from './domain/facts.ts';
import { newId } from './domain/ids.ts';
import type { Answer, Call, Released } from './domain/operation.ts';
import type { Caller } from './domain/principal.ts';
import type { Ruling, Verdict } from './domain/ruling.ts';
import type { Now } from './domain/units.ts';

/** The steps, in the order in which they run. `src/compose/` provides them. */
export interface Steps {
  /** Turns credentials into a caller. Bad credentials give an anonymous caller with a reason, never an error. */
  identify(call: Call): Promise<Caller>;
  /** Gathers what a pure decision needs. */
  resolve(call: Call, caller: Caller): Promise<Facts>;
  /** Decides. Pure and total. */
  authorize(call: Call, caller: Caller, facts: Facts): Decision;
  /** Makes the decision durable if what it was decided on still holds; `stale` when it does not (rule 10). */
  intend(ruling: Ruling): Promise<'recorded' | 'stale'>;
  /** Drops what was cached for this ruling, so that the next attempt decides on fresh facts. */
  forget(ruling: Ruling): void;
  /** Turns a denial into the error that the caller may see. */
  refuse(ruling: Ruling): PortcullisError;
  /** Sends an allowed call to Notion, or runs the local command. */
  forward(ruling: Ruling): Promise<Answer>;
  /** Removes from the answer what the caller may not see. */
  withhold(ruling: Ruling, answer: Answer): Promise<Released>;
  /** Makes the outcome durable. Throws when it cannot: then nothing is released. */
  conclude(ruling: Ruling, verdict: Verdict): Promise<void>;
  /**
   * The call is over, however it ended: it no longer counts among its principal's calls under way once its answer, if
   * that is a stream, has closed.
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
      const ruling = await rule(steps, call);
      if (ruling.decision.effect === 'deny') throw steps.refuse(ruling);
      const verdict = await carryOut(steps, ruling);
      await steps.conclude(ruling, verdict);
      if (verdict.kind === 'failed') throw verdict.error;
      answer = verdict.released.answer;
      return answer;
    } finally {
      steps.leave(call, answer);
    }
  };
}

/** identify → resolve → authorize → intent, until the decision is durable on facts that still hold. */
async function rule(steps: Steps, call: Call): Promise<Ruling> {
  for (let attempt = 1; ; attempt++) {
    const caller = await steps.identify(call);
    const facts = { ...(await steps.resolve(call, caller)), unstable: attempt === decisionsMax };
    const decision = steps.authorize(call, caller, facts);
    const ruling: Ruling = { id: newId('evt'), call, caller, facts, decision, decidedAt: steps.now() };
    if ((await steps.intend(ruling)) === 'recorded') return ruling;
    steps.forget(ruling);
  }
}

/** forward → withhold. A failure is a verdict too: it has an outcome in the log before anybody hears of it. */
async function carryOut(steps: Steps, ruling: Ruling): Promise<Verdict> {
  try {
    return { kind: 'answered', released: await steps.withhold(ruling, await steps.forward(ruling)) };
  } catch (error) {
    return { kind: 'failed', error };
  }
}
