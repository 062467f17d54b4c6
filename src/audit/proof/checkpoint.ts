import { fromBase64, type TreeHash, toBase64 } from './merkle.ts';
import { type Note, parseNote, signNote } from './note.ts';
import type { SignerKey } from './signing-keys.ts';

/** What a log says of itself at one moment (https://c2sp.org/tlog-checkpoint): which log, how many entries, their root. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: TreeHash;
}

export function checkpointText({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

export function signCheckpoint(checkpoint: Checkpoint, signers: readonly SignerKey[]): string {
  return signNote(checkpointText(checkpoint), signers);
}

/** Null: not a checkpoint as we write them. Its signatures are still to be checked. */
export function parseCheckpoint(written: string): (Checkpoint & { readonly note: Note }) | null {
  const note = parseNote(written);
  if (note === null) return null;
  const [origin = '', count = '', encoded = '', ...rest] = note.text.split('\n');
  const size = sizeIn(count);
  const root = fromBase64(encoded);
  if (origin === '' || size === null || root === null || rest.join('\n') !== '') return null;
  const checkpoint = { origin, size, root };
  return checkpointText(checkpoint) === note.text ? { ...checkpoint, note } : null;
}

/** Null: not the one decimal spelling of a size that numbers can hold. */
function sizeIn(text: string): number | null {
  const size = Number(text);
  return /^(0|[1-9]\d*)$/.test(text) && Number.isSafeInteger(size) ? size : null;
}
