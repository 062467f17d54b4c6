import { setTimeout } from 'node:timers/promises';
import { PortcullisError } from '../../domain/errors.ts';
import type { LogArchive } from '../proof/log-archive.ts';
import { writeBundle } from '../proof/write-bundle.ts';
import type { LogSigners } from './sequence-round.ts';
import type { LogName, Sequencing } from './sequencing.ts';

/** What a log says of itself now. */
export interface LogHead {
  readonly origin: string;
  readonly size: number;
  /** The newest checkpoint, a signed note. */
  readonly checkpoint: string;
  /** Every public key of the log, oldest first. */
  readonly keys: readonly string[];
}

/** Logs as they are given to people who want to verify them. */
export interface ProvableLogs {
  /**
   * The newest checkpoint, once everything has its place that was durable when this was asked. Throws `unavailable` if that
   * takes too long.
   */
  head(log: LogName): Promise<LogHead>;
  /**
   * A bundle of the first `size` entries, from entry `from` on, some lines at a time. Throws `not_found` unless there is a
   * checkpoint of that size.
   */
  bundle(log: LogName, part: { readonly size: number; readonly from: number }): Promise<AsyncIterable<string>>;
}

/** Between two looks at whether what waited has its place. */
const lookAgainMs = 50;
const looksMax = 200;

export function createProvableLogs(parts: {
  sequencing: Pick<Sequencing, 'mark' | 'isPlaced'>;
  /** Asks for a round at once, where that is possible. */
  hurry: () => Promise<void>;
  signers: () => Promise<LogSigners>;
  archiveOf: (name: string, log: LogName) => LogArchive;
}): ProvableLogs {
  const { sequencing, signers, archiveOf } = parts;

  async function settle(): Promise<void> {
    const mark = await sequencing.mark();
    for (let look = 0; look < looksMax; look++) {
      // Another instance may be the sequencer, or this one may be in trouble, which is reported where that is found.
      await parts.hurry().catch(() => {});
      if (await sequencing.isPlaced(mark)) return;
      await setTimeout(lookAgainMs);
    }
    throw new PortcullisError('unavailable', undefined, { log: 'entries wait for their places in the log' });
  }

  return {
    async head(log) {
      await settle();
      const archive = archiveOf((await signers()).name, log);
      const newest = await archive.newest();
      if (newest === null) throw new PortcullisError('not_found');
      const { size, note: checkpoint } = newest;
      return { origin: archive.origin, size, checkpoint, keys: await archive.keys() };
    },
    async bundle(log, { size, from }) {
      const signing = await signers();
      const archive = archiveOf(signing.name, log);
      const [checkpoint] = await archive.checkpoints(size, size);
      if (checkpoint?.size !== size) throw new PortcullisError('not_found');
      return writeBundle(archive, { size, from, signers: signing.signers });
    },
  };
}
