import type { Answer } from '../domain/operation.ts';
import type { Gateway } from '../gateway.ts';

/** A gateway whose calls can be waited for: a stop lets each of them record how it ended. */
export function trackCalls(gateway: Gateway): { gateway: Gateway; ended(): Promise<void> } {
  const underWay = new Set<Promise<Answer>>();
  return {
    gateway(call) {
      const answer = gateway(call);
      underWay.add(answer);
      const forget = () => void underWay.delete(answer);
      answer.then(forget, forget);
      return answer;
    },
    async ended() {
      await Promise.allSettled(underWay);
    },
  };
}
