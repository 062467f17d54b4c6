import { PortcullisError } from '../../domain/errors.ts';
import type { EventId } from '../../domain/ids.ts';
import { secondMs } from '../../domain/units.ts';
import { writeProof } from '../proof/entry-proof.ts';
import type { EntryPlaces, LogArchive } from '../proof/log-archive.ts';
import { parseNote, signersOf } from '../proof/note.ts';
import { parseVerifierKey } from '../proof/signing-keys.ts';
import { writeBundle } from '../proof/write-bundle.ts';
import type { LogSigners } from './sequence-round.ts';
import type { LogName } from './sequencing.ts';
import type { Settle } from './settle.ts';

/** The present state of a log. */
export interface LogHead {
  readonly origin: string;
  readonly size: number;
  /** The newest checkpoint, a signed note. */
  readonly checkpoint: string;
  /** Every public key of the log, oldest first. */
  readonly keys: readonly string[];
}

/** Logs for people who want to verify them. */
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
  /**
   * One entry with what proves that it is in the log, once everything has its place that was durable when this was asked: a
   * line, as `audit prove` writes it. Throws `not_found` if the log has no such entry.
   */
  prove(log: LogName, id: EventId): Promise<string>;
}

/** So long a bundle or a proof waits for places. */
const patienceMs = 10 * secondMs;

export function createProvableLogs(parts: {
  settle: Settle;
  signers: () => Promise<LogSigners>;
  archiveOf: (name: string, log: LogName) => LogArchive & EntryPlaces;
}): ProvableLogs {
  const { settle, signers, archiveOf } = parts;

  async function settled(): Promise<void> {
    if (await settle(patienceMs)) return;
    throw new PortcullisError('unavailable', undefined, { log: 'entries wait for their places in the log' });
  }

  return {
    async head(log) {
      await settled();
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
    async prove(log, id) {
      await settled();
      const archive = archiveOf((await signers()).name, log);
      const place = await archive.placeOf(id);
      if (place?.entry == null) throw new PortcullisError('not_found', 'There is no such entry in this log.');
      const keys = await archive.keys();
      return writeProof({ ...place, entry: place.entry, keys: signingKeys(place.checkpoint, keys) });
    },
  };
}

/** The keys that signed a note. None: the note is not signed by keys of the log, and the proof says so. */
function signingKeys(written: string, keys: readonly string[]): readonly string[] {
  const note = parseNote(written);
  const known = keys.map(parseVerifierKey).filter(key => key !== null);
  return (note === null ? null : signersOf(note, known))?.map(({ text }) => text) ?? [];
}
