import {
  checkpointLine,
  digestOfLines,
  entryLine,
  headLine,
  missingLine,
  rootLine,
  sealLine,
  strayLine,
} from './bundle-lines.ts';
import type { ArchivedEntry, LogArchive } from './log-archive.ts';
import type { SignerKey } from './signing-keys.ts';

/**
 * How many entries there are between two checkpoints in a bundle. They only narrow down where something was changed, and
 * a signature costs as much to check as a hundred entries.
 */
const checkpointsApart = 4096;
/** Entries named that were written past the log. */
const straysMax = 20;

/**
 * Writes a bundle, some lines at a time, in constant memory. It can be continued: with the same `size`, the lines from
 * entry `from` on are the same as in one piece, if the keys did not change in between.
 *
 * @param size the size of a published checkpoint
 * @param from how many entries are already written; 0 begins with the head
 */
export async function* writeBundle(
  log: LogArchive,
  { size, from, signers }: { size: number; from: number; signers: readonly SignerKey[] },
): AsyncGenerator<string> {
  const digest = digestOfLines();
  const sealed = (line: string) => {
    digest.add(line);
    return line;
  };
  const head = sealed(headLine(log.origin, await log.keys()));
  if (from === 0) yield head;
  let at = from;
  for (const checkpoint of await log.checkpoints(size, checkpointsApart)) {
    const line = sealed(checkpointLine(checkpoint.note));
    // A caller who continues after the last entry before a checkpoint may or may not have that checkpoint: it counts as
    // missing.
    if (checkpoint.size < from) continue;
    for await (const entries of log.entries(at, checkpoint.size)) yield entries.map(lineOf).join('');
    at = checkpoint.size;
    yield line;
  }
  const place = await log.rootPlace(size);
  const root = place === null ? '' : sealed(rootLine(place));
  const strays = await log.strays(straysMax);
  yield strays.map(strayLine).join('') + root + sealLine({ origin: log.origin, size, digest: digest.value() }, signers);
}

function lineOf({ id, index, leaf, entry }: ArchivedEntry): string {
  return entry === null ? missingLine(id, index, leaf) : entryLine(entry, index, leaf);
}
