import type { DecidedCall } from '../domain/decided-call.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { Now } from '../domain/units.ts';

/** How old a decision may be at the moment of sending before it must be confirmed. */
const decisionAgeMaxMs = 250;

/** Says whether a decision may still be acted on: a call that waited is asked about again before it is sent (rule 10). */
export interface Permit {
  /** Sending now would rest on a decision that is too old. */
  isStale(): boolean;
  /** Asks again. Rejects with `policy_changed` when the call is no longer allowed. */
  renew(): Promise<void>;
  /** Asks again if sending now would rest on a decision that is too old. Rejects as `renew` does. */
  confirm(): Promise<void>;
}

export function createPermit(
  decided: DecidedCall,
  stillAllowed: (decided: DecidedCall) => Promise<boolean>,
  now: Now,
): Permit {
  let confirmedAtMs = decided.decidedAt.getTime();
  const isStale = () => now().getTime() - confirmedAtMs > decisionAgeMaxMs;
  async function ask(): Promise<void> {
    const askedAtMs = now().getTime();
    if (!(await stillAllowed(decided))) {
      throw new PortcullisError('policy_changed', undefined, { log: 'revoked while it waited', fate: 'not_sent' });
    }
    confirmedAtMs = askedAtMs;
  }
  let asking: Promise<void> | null = null;
  /** Shared by all callers who ask before the answer has come: slow answers must not cause more questions. */
  function renew(): Promise<void> {
    asking ??= ask().finally(() => {
      asking = null;
    });
    return asking;
  }
  return {
    isStale,
    renew,
    async confirm() {
      if (isStale()) await renew();
    },
  };
}
