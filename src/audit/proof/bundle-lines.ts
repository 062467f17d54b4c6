import { createHash } from 'node:crypto';
import { canonicalJson, type JsonValue } from './canonical-json.ts';
import { type TreeHash, toBase64 } from './merkle.ts';
import { signNote } from './note.ts';
import type { SignerKey } from './signing-keys.ts';

/*
 * A bundle is a whole log in one file: JSON lines, each canonical (RFC 8785), in this order and nothing else:
 *
 *   {"format":"portcullis-log/1","keys":[VKEY…],"origin":ORIGIN}       every public key of the log, oldest first
 *   {"entry":ENTRY,"index":0,"leaf":HASH}                              each entry, in its order
 *   {"checkpoint":NOTE}                                                after the entries that it covers; the last covers all
 *   {"root":NOTE,"rootIndex":N,"rootPath":[HASH…]}                     where the last checkpoint stands in the root log
 *   {"seal":NOTE}                                                      a signature of the lines that are no entries
 *
 * An entry is bound by the tree, its index by its place, every other line by the seal. What the database no longer has is
 * written down as missing, and what it has beside the log as a stray: such a bundle does not verify, and says why.
 */

export const bundleFormat = 'portcullis-log/1';
const sealFormat = 'portcullis-log-seal/1';

/** A line takes no more than this, so that a verifier needs no more memory. */
export const lineBytesMax = 4 * 1024 * 1024;

export function headLine(origin: string, keys: readonly string[]): string {
  return lineOf({ format: bundleFormat, keys, origin });
}

/** @param entry canonical JSON */
export function entryLine(entry: string, index: number, leaf: TreeHash): string {
  return `{"entry":${entry}${entryEnd(index, toBase64(leaf))}\n`;
}

/** The rest of the line after an entry. */
export function entryEnd(index: number, leaf: string): string {
  return `,"index":${index},"leaf":"${leaf}"}`;
}

/** An entry that was logged and is gone. */
export function missingLine(id: string, index: number, leaf: TreeHash): string {
  return lineOf({ index, leaf: toBase64(leaf), missing: id });
}

/** An entry that is in the database and was never logged. */
export function strayLine(id: string): string {
  return lineOf({ stray: id });
}

export function checkpointLine(note: string): string {
  return lineOf({ checkpoint: note });
}

/** Where the last checkpoint is in the root log, and what proves it. */
export interface RootPlace {
  /** The checkpoint of the root log, a signed note. */
  readonly root: string;
  readonly rootIndex: number;
  readonly rootPath: readonly TreeHash[];
}

export function rootLine({ root, rootIndex, rootPath }: RootPlace): string {
  return lineOf({ root, rootIndex, rootPath: rootPath.map(toBase64) });
}

/** Signs the lines that are no entries. Its text names the signers, so that no signature can be left out. */
export function sealLine(
  seal: { origin: string; size: number; digest: string },
  signers: readonly SignerKey[],
): string {
  const text = sealText(
    seal,
    signers.map(({ verifier }) => verifier.id),
  );
  return lineOf({ seal: signNote(text, signers) });
}

export function sealText(
  { origin, size, digest }: { origin: string; size: number; digest: string },
  signerIds: readonly string[],
): string {
  return `${sealFormat}\n${origin}\n${size}\n${digest}\n${signerIds.join(' ')}\n`;
}

/** The digest of the lines that are no entries, each with its line feed. */
export function digestOfLines(): { add(line: string | Uint8Array): void; value(): string } {
  const digest = createHash('sha256');
  return { add: line => void digest.update(line), value: () => digest.copy().digest('base64') };
}

function lineOf(value: JsonValue): string {
  return `${canonicalJson(value)}\n`;
}
