import { createOpenStreams, type OpenStreams } from '../forward/open-streams.ts';
import type { Steps } from '../gateway.ts';
import type { Stores } from '../store/stores.ts';
import type { Foundation } from './foundation.ts';

interface StreamParts extends Pick<Foundation, 'log' | 'monotonicMs' | 'closers'> {
  readonly stillCurrent: Stores['stillCurrent'];
  /** The steps of the path. They are known once calls come. */
  readonly steps: () => Steps;
}

/** Watches over streamed answers, with the same steps that allowed them. */
export function openStreams({ stillCurrent, steps, log, monotonicMs, closers }: StreamParts): OpenStreams {
  const streams = createOpenStreams({
    async wouldStillPass(decided) {
      const { identify, resolve, authorize, forget, leave } = steps();
      if (!(await stillCurrent(decided))) forget(decided);
      // A new call: the allowed one may be over at any moment, and is counted separately.
      const call = { ...decided.call };
      try {
        const caller = await identify(call);
        const facts = await resolve(call, caller);
        return authorize(call, caller, { ...facts, callsInFlight: 0 }).effect === 'allow';
      } finally {
        leave(call, null);
      }
    },
    onTrouble: error => log.warn({ err: error }, 'it could not be found out whether streams may go on; trying again'),
    monotonicMs,
  });
  closers.push(streams.close);
  return streams;
}
