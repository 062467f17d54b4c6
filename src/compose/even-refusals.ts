import { setTimeout as wait } from 'node:timers/promises';
import { PortcullisError } from '../domain/errors.ts';
import type { Call } from '../domain/operation.ts';
import type { Gateway, Steps } from '../gateway.ts';

/** Looks at Notion that are remembered, to know how long one takes. */
const rememberedMax = 64;
/** However slow Notion is, a refusal does not wait longer. */
const waitMaxMs = 2_000;

/** Looks at one object: what the gate asks Notion for when it does not know where an object stands. */
const lookPath = /^\/v1\/(?:pages|blocks|databases|data_sources|views|comments)\/[^/?]+$/;

/**
 * Makes it take as long to refuse an object that is known here as one that Notion has to be asked for and does not have: a
 * refusal that came at once would tell that the object exists (rule 12). It waits as long as one of the last looks took.
 */
export function createEvenRefusals(monotonicMs: () => number, pause = pauseFor) {
  const started = new WeakMap<Call, number>();
  const tookMs: number[] = [];
  let looks = 0;
  let refusals = 0;

  return {
    /** The same steps, watched for how long looks at Notion take. */
    watch({ resolve, leave, ...steps }: Steps): Steps {
      return {
        ...steps,
        resolve(call, caller) {
          if (caller.principal.kind === 'system' && isLook(call)) started.set(call, monotonicMs());
          return resolve(call, caller);
        },
        leave(call, answer) {
          const startedAt = started.get(call);
          if (startedAt !== undefined) tookMs[looks++ % rememberedMax] = monotonicMs() - startedAt;
          leave(call, answer);
        },
      };
    },

    /** The same gateway, with refusals that wait. */
    even(gateway: Gateway): Gateway {
      return async call => {
        const startedAt = monotonicMs();
        try {
          return await gateway(call);
        } catch (error) {
          const took = tookMs[refusals++ % Math.max(1, tookMs.length)] ?? 0;
          const left = Math.min(took, waitMaxMs) - (monotonicMs() - startedAt);
          if (left > 0 && isMissing(error, call)) await pause(left, call.signal);
          throw error;
        }
      };
    },
  };
}

function isLook({ operation: { target } }: Call): boolean {
  return target?.kind === 'notion' && target.method === 'GET' && lookPath.test(target.path);
}

/** What a caller hears of an object of Notion's that does not exist, or that they may not read. */
function isMissing(error: unknown, { operation: { target } }: Call): boolean {
  return target?.kind === 'notion' && error instanceof PortcullisError && error.code === 'not_found';
}

/** Whoever has gone waits for nothing. */
function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  return wait(ms, undefined, { signal }).catch(() => {});
}
