import { readFile } from 'node:fs/promises';
import { replaceFile } from '../../disk/replace-file.ts';
import { parseCheckpoint } from '../proof/checkpoint.ts';

/** The newest checkpoint of the root log, outside the database. */
export interface KeptRoot {
  /** A signed note; null before there was one. */
  read(): Promise<string | null>;
  write(note: string): Promise<void>;
}

/** The root log, as the database has it. */
export interface RootMarks {
  /** The newest checkpoint, a signed note; null before there is one. */
  newest(): Promise<string | null>;
  /** The checkpoint of that size, if there is one. */
  ofSize(size: number): Promise<string | null>;
  /** Whether an operator acknowledged that the database has a smaller root log than this size, or another one. */
  isAcknowledged(size: number): Promise<boolean>;
  /** Notes that it does, unless that is noted already. */
  noteRestoration(knownSize: number): Promise<void>;
}

/**
 * Compares the root log with its kept checkpoint (rule 20), and keeps a newer one. If the database lacks the kept
 * checkpoint, or has another one of its size, it was put back to an earlier state, or is another database.
 */
export async function compareWithKeptRoot(marks: RootMarks, kept: KeptRoot): Promise<void> {
  const known = await kept.read();
  const newest = await marks.newest();
  if (known !== null && known !== newest) {
    const size = parseCheckpoint(known)?.size ?? 0;
    const isPast = (await marks.ofSize(size)) === known;
    if (!isPast && !(await marks.isAcknowledged(size))) {
      await marks.noteRestoration(size);
      return;
    }
  }
  if (newest !== null && newest !== known) await kept.write(newest);
}

/** The kept checkpoint in a file: a signed note, as `audit verify --against` takes it for the root log. */
export function createKeptRootFile(path: string): KeptRoot {
  return {
    read: () =>
      readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null;
        throw error;
      }),
    write: note => replaceFile(path, note),
  };
}
