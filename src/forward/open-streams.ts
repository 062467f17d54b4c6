import type { Readable } from 'node:stream';
import type { DecidedCall } from '../domain/decided-call.ts';
import { PortcullisError } from '../domain/errors.ts';
import { secondMs } from '../domain/units.ts';
import { whenClosed } from '../domain/when-closed.ts';

/**
 * Answers that are still on their way to their callers. Each is decided again every few seconds. It ends if its key,
 * role or access has ended meanwhile, in any process (rule 10).
 */
export interface OpenStreams {
  watch(decided: DecidedCall, stream: Readable): void;
  /** Decides on all of them now. */
  look(): Promise<void>;
  close(): Promise<void>;
}

export interface OpenStreamsParts {
  /** Whether an allowed call would still be allowed now. Throws if that cannot be known. */
  readonly wouldStillPass: (decided: DecidedCall) => Promise<boolean>;
  readonly onTrouble: (error: unknown) => void;
  readonly monotonicMs: () => number;
  /** How often it is looked. */
  readonly everyMs?: number;
}

/** The longest time that a stream may go on after a revocation, while the database answers. */
const lookEveryMs = 2 * secondMs;
/** A stream goes on for this long while it cannot be known whether it may. */
const inDoubtMsMax = 30 * secondMs;

interface Watched {
  readonly decided: DecidedCall;
  /** When it was last known that the stream may go on. */
  allowedAtMs: number;
}

export function createOpenStreams(parts: OpenStreamsParts): OpenStreams {
  const { wouldStillPass, onTrouble, monotonicMs, everyMs = lookEveryMs } = parts;
  const open = new Map<Readable, Watched>();
  let looking: Promise<void> | null = null;

  /** All at once: otherwise the last of many would wait for the checks of all the others. */
  async function lookAtAll(): Promise<void> {
    await Promise.all(Array.from(open, ([stream, watched]) => lookAt(stream, watched)));
  }

  async function lookAt(stream: Readable, watched: Watched): Promise<void> {
    const passes = await wouldStillPass(watched.decided).catch(error => {
      onTrouble(error);
      return monotonicMs() - watched.allowedAtMs < inDoubtMsMax ? null : false;
    });
    if (passes === true) watched.allowedAtMs = monotonicMs();
    if (passes === false) stream.destroy(new PortcullisError('policy_changed', undefined, { log: 'a stream ended' }));
  }

  function look(): Promise<void> {
    looking ??= lookAtAll().finally(() => {
      looking = null;
    });
    return looking;
  }

  const timer = setInterval(() => void look(), everyMs).unref();
  return {
    watch(decided, stream) {
      open.set(stream, { decided, allowedAtMs: monotonicMs() });
      whenClosed(stream, () => open.delete(stream));
    },
    look,
    async close() {
      clearInterval(timer);
      await looking;
    },
  };
}
