import type { SinkKind } from '../domain/sink.ts';
import { secondMs } from '../domain/units.ts';
import { type DeliverParts, deliver, leaseMs } from './deliver.ts';
import type { ClaimedSink } from './sink.ts';

/** Sinks that one process delivers to at the same time. A slow sink occupies one of these places, and nothing else. */
const atOnceMax = 24;

/** Looks for sinks between two preparations. */
const prepareEvery = 15;
/** Looks between two that ask for due sinks although no log has grown: some are tried again after a while. */
const askAnywayEvery = 5;

export interface SinkRunner {
  /** Delivers until no sink has anything to do at this time. */
  runDue(): Promise<void>;
  /** Looks for sinks with something to do from time to time, until the answered function is called. */
  start(everyMs?: number): () => Promise<void>;
}

/** Delivers to all sinks of the given kinds. The sinks do not affect each other. */
export function createSinkRunner(
  parts: DeliverParts & {
    readonly kinds: readonly SinkKind[];
    /** Is called from time to time, and before everything that is due is done. */
    readonly prepare: () => Promise<void>;
    readonly onError: (error: unknown) => void;
  },
): SinkRunner {
  const { queue, kinds, prepare, now, onError } = parts;
  const running = new Set<Promise<void>>();
  let stopped = false;

  async function one(sink: ClaimedSink): Promise<void> {
    try {
      await deliver(parts, sink);
    } catch (error) {
      onError(error);
    } finally {
      await queue.release(sink).catch(onError);
    }
  }

  /** Returns how many it began. */
  async function begin(): Promise<number> {
    const limit = atOnceMax - running.size;
    if (stopped || limit <= 0) return 0;
    const at = now();
    const claimed = await queue.claim({ kinds, at, leaseUntil: new Date(at.getTime() + leaseMs), limit });
    for (const sink of claimed) {
      const work = one(sink).finally(() => running.delete(work));
      running.add(work);
    }
    return claimed.length;
  }

  /** Where the logs were when nothing was due. To ask each sink costs more than to ask whether any log has grown. */
  let quietAt: number | null = null;

  async function look(number: number): Promise<void> {
    if (number % prepareEvery === 0) await prepare();
    const at = await queue.logsAt();
    if (at === quietAt && number % askAnywayEvery !== 0) return;
    quietAt = (await begin()) === 0 ? at : null;
  }

  return {
    async runDue() {
      await prepare();
      while ((await begin()) > 0 || running.size > 0) await Promise.race(running);
    },
    start(everyMs = secondMs) {
      let looking: Promise<unknown> | null = null;
      let looks = 0;
      const lookAround = () => {
        looking ??= look(looks++)
          .catch(onError)
          .finally(() => {
            looking = null;
          });
      };
      const timer = setInterval(lookAround, everyMs);
      lookAround();
      timer.unref();
      return async () => {
        stopped = true;
        clearInterval(timer);
        await looking;
        await Promise.all(running);
      };
    },
  };
}
