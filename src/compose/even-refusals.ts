import { setTimeout as wait } from 'node:timers/promises';
import { PortcullisError } from '../domain/errors.ts';
import { Lru } from '../domain/lru.ts';
import type { Call } from '../domain/operation.ts';
import type { Gateway, Steps } from '../gateway.ts';

/** The number of remembered refusals. They show how long a refusal takes for which Notion had to be asked. */
const rememberedMax = 64;
/** However slow Notion is, a refusal does not wait longer. */
const waitMaxMs = 2_000;
const underWayMax = 10_000;

/**
 * Makes refusals take equally long: for an object that is known here, and for one that Notion has to be asked for and
 * does not have. A quick refusal would reveal that the object exists (rule 12). A refusal takes as long as one of the
 * last refusals for which Notion was asked.
 */
export function createEvenRefusals(monotonicMs: () => number, pause = pauseFor) {
  /** The calls under way for which the gate has asked Notion on its own account. Its calls have their number. */
  const asked = new Lru<true>(underWayMax);
  const tookMs: number[] = [];
  let noted = 0;
  let waited = 0;

  function note(ms: number): void {
    tookMs[noted++ % rememberedMax] = Math.min(ms, waitMaxMs);
  }

  /** How long a refusal should take. Null: not known yet. */
  function usual(): number | null {
    return tookMs.length === 0 ? null : (tookMs[waited++ % tookMs.length] ?? null);
  }

  return {
    /** The same steps, and watches the gateway's own calls. */
    watch({ resolve, ...steps }: Steps): Steps {
      return {
        ...steps,
        resolve(call, caller) {
          if (caller.principal.kind === 'system') asked.set(call.requestId, true);
          return resolve(call, caller);
        },
      };
    },

    /** The same gateway, but refusals wait. */
    even(gateway: Gateway): Gateway {
      return async call => {
        const startedAt = monotonicMs();
        try {
          return await gateway(call);
        } catch (error) {
          if (isMissing(error, call)) await settle(call, monotonicMs() - startedAt);
          throw error;
        } finally {
          asked.delete(call.requestId);
        }
      };
    },
  };

  async function settle({ requestId, signal }: Call, ms: number): Promise<void> {
    if (asked.get(requestId)) {
      note(ms);
      return;
    }
    const left = (usual() ?? 0) - ms;
    if (left > 0) await pause(left, signal);
  }
}

/** Whether an error says that an object of Notion's does not exist, or that the caller may not read it. */
function isMissing(error: unknown, { operation: { target } }: Call): boolean {
  return target?.kind === 'notion' && error instanceof PortcullisError && error.code === 'not_found';
}

/** A caller who has gone away does not wait. */
function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  return wait(ms, undefined, { signal }).catch(() => {});
}
