import { PortcullisError } from '../../domain/errors.ts';
import { secondMs } from '../../domain/units.ts';
import type { LogArchive } from '../proof/log-archive.ts';
import { writeBundle } from '../proof/write-bundle.ts';
import type { LogSigners } from './sequence-round.ts';
import type { LogName } from './sequencing.ts';
import type { Settle } from './settle.ts';

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

/** So long a bundle waits for places. */
const patienceMs = 10 * secondMs;

export function createProvableLogs(parts: {
  settle: Settle;
  signers: () => Promise<LogSigners>;
  archiveOf: (name: string, log: LogName) => LogArchive;
}): ProvableLogs {
  const { settle, signers, archiveOf } = parts;

  return {
    async head(log) {
      if (!(await settle(patienceMs)))
        throw new PortcullisError('unavailable', undefined, { log: 'entries wait for their places in the log' });
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
