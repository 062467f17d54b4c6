import { setTimeout } from 'node:timers/promises';
import { secondMs } from '../../domain/units.ts';
import { openLogKeys, type SeedOf } from './log-keys.ts';
import { sequenceRound } from './sequence-round.ts';
import type { SequencerSession, Sequencing } from './sequencing.ts';

/** Gives entries their places, in this instance or another: one at a time. */
export interface Sequencer {
  /** Gives a place to everything that waits now, if this instance is the sequencer or can become it. */
  run(): Promise<void>;
  close(): Promise<void>;
}

/** Between two rounds. A checkpoint is to come within a second of the entry. */
const everyMs = 250;
/** Between two attempts to become the sequencer. */
const leadEveryMs = 2 * secondMs;

/**
 * Sequences until it is closed. Every error is reported, and the work is tried again with a new session: waiting
 * entries go on waiting, and placed entries keep their places.
 */
export function startSequencer(parts: {
  sequencing: Sequencing;
  seedOf: SeedOf;
  nameIfNew: string;
  /**
   * Whether signing is forbidden now: the database was put back to an earlier state (rule 20). Asked before each round.
   */
  mayNotSign: () => boolean;
  /** Asked once before the first round of a session, which may be one with another database. */
  beforeFirst: () => Promise<unknown>;
  onTrouble: (error: unknown) => void;
  /** Runs by itself; else only when asked. */
  background: boolean;
}): Sequencer {
  const { sequencing, mayNotSign, onTrouble } = parts;
  let session: SequencerSession | null = null;
  let working: Promise<void> = Promise.resolve();
  const stopped = new AbortController();

  async function work(): Promise<boolean> {
    if (session === null) {
      session = await sequencing.lead();
      if (session === null) return false;
      await parts.beforeFirst();
    }
    if (mayNotSign()) return true;
    const keys = await openLogKeys(sequencing, parts);
    while (!stopped.signal.aborted && (await sequenceRound(session, keys)).more);
    return true;
  }

  async function attempt(): Promise<boolean> {
    try {
      return await work();
    } catch (error) {
      await session?.close().catch(() => {});
      session = null;
      throw error;
    }
  }

  /** One after another: a session does one thing at a time. */
  function next(): Promise<boolean> {
    const attempted = working.then(attempt);
    working = attempted.then(
      () => {},
      () => {},
    );
    return attempted;
  }

  async function loop(): Promise<void> {
    while (!stopped.signal.aborted) {
      const leads = await next().catch(error => {
        onTrouble(error);
        return false;
      });
      await setTimeout(leads ? everyMs : leadEveryMs, undefined, { signal: stopped.signal, ref: false }).catch(
        () => {},
      );
    }
  }

  const looping = parts.background ? loop() : Promise.resolve();
  return {
    async run() {
      await next();
    },
    async close() {
      // Entries from before the call get their place, if that is possible at once.
      if (session !== null) await next().catch(onTrouble);
      stopped.abort();
      await looping;
      await working;
      await session?.close().catch(onTrouble);
      session = null;
    },
  };
}
