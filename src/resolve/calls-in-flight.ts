import { Readable } from 'node:stream';
import type { Answer, Call } from '../domain/operation.ts';
import type { Principal } from '../domain/principal.ts';
import { whenClosed } from '../domain/when-closed.ts';

/** Counts the calls that each principal has under way on this instance (rule 29). */
export interface CallsInFlight {
  /**
   * Lets a call in; further calls with the same one have no effect. Returns how many others of its principal are
   * inside.
   */
  enter(call: Call, principal: Principal): number;
  /** A call whose answer is streamed stays inside until the stream closes. */
  leave(call: Call, answer: Answer | null): void;
}

export function countCallsInFlight(): CallsInFlight {
  const inside = new Map<string, number>();
  const entered = new WeakMap<Call, string>();
  return {
    enter(call, principal) {
      if (principal.kind === 'anonymous' || principal.kind === 'system') return 0;
      const id = entered.get(call) ?? principal.id;
      if (!entered.has(call)) {
        entered.set(call, id);
        inside.set(id, (inside.get(id) ?? 0) + 1);
      }
      return (inside.get(id) ?? 1) - 1;
    },
    leave(call, answer) {
      if (answer?.body instanceof Readable) whenClosed(answer.body, () => letOut(call));
      else letOut(call);
    },
  };

  function letOut(call: Call): void {
    const id = entered.get(call);
    if (id === undefined) return;
    entered.delete(call);
    const left = (inside.get(id) ?? 1) - 1;
    if (left === 0) inside.delete(id);
    else inside.set(id, left);
  }
}
