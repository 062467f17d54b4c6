import { z } from 'zod';
import { canonicalJson, isCanonicalJson, type JsonValue } from './canonical-json.ts';
import { parseCheckpoint } from './checkpoint.ts';
import { fromBase64, leafHash, type TreeHash, toBase64 } from './merkle.ts';
import { signersOf } from './note.ts';
import { createProblems } from './problems.ts';
import { parseVerifierKey } from './signing-keys.ts';
import { provesInclusion } from './tree-proofs.ts';
import type { Trust, Verdict } from './verdict.ts';

const proofFormat = 'portcullis-log-proof/1';

/** One entry, and what shows that it is in the log of a signed checkpoint. One line of canonical JSON. */
export interface EntryProof {
  /** The entry, canonical JSON. */
  readonly entry: string;
  readonly index: number;
  readonly path: readonly TreeHash[];
  /** A signed note. */
  readonly checkpoint: string;
  /** The public keys whose signatures it has, in their order. */
  readonly keys: readonly string[];
}

export function writeProof({ entry, index, path, checkpoint, keys }: EntryProof): string {
  const value = {
    checkpoint,
    entry: JSON.parse(entry) as JsonValue,
    format: proofFormat,
    index,
    keys,
    path: path.map(toBase64),
  };
  return `${canonicalJson(value)}\n`;
}

const written = z.strictObject({
  checkpoint: z.string(),
  entry: z.record(z.string(), z.unknown()),
  format: z.literal(proofFormat),
  index: z.int().min(0),
  keys: z.array(z.string()).max(16),
  path: z.array(z.string()).max(64),
});

/** Whether a file is meant to be a proof: how it begins. */
export function looksLikeProof(start: string): boolean {
  return start.startsWith('{"checkpoint"');
}

export function verifyProof(bytes: Buffer, trust: Trust): Verdict {
  const problems = createProblems();
  if (trust.against !== null) problems.add('a proof of one entry cannot be compared with a kept checkpoint');
  const proof = proofIn(bytes);
  if (proof === null) problems.add(`the file is not a proof of the format ${proofFormat}`);
  const { checkpoint, note } = proof ?? { checkpoint: null, note: null };
  if (proof !== null && checkpoint !== null && note !== null) {
    const { index, path, keys, leaf } = proof;
    const signers = signersOf(note, keys);
    const isOwn = keys.every(({ name }) => checkpoint.origin.startsWith(`${name}/`));
    if (!isOwn || signers?.length !== keys.length || !keys.every((key, at) => signers[at] === key))
      problems.add('the checkpoint is not signed by the keys in the proof');
    if (!provesInclusion({ index, size: checkpoint.size, leaf, path }, checkpoint.root))
      problems.add(`the entry is not at index ${index} of the log of this checkpoint`);
    if (trust.key !== null && !signers?.some(({ text }) => text === trust.key?.text))
      problems.add(`the key ${trust.key.text} has not signed this`);
  }
  return {
    ...problems.verdict(),
    origin: checkpoint?.origin ?? null,
    size: checkpoint?.size ?? 0,
    checkpoint: proof?.written ?? null,
    keys: proof?.keys.map(({ text }) => text) ?? [],
    continues: null,
  };
}

function proofIn(bytes: Buffer) {
  const text = bytes.toString();
  const line = text.slice(0, -1);
  if (!text.endsWith('\n') || !Buffer.from(text).equals(bytes) || !isCanonicalJson(line)) return null;
  const { data } = written.safeParse(JSON.parse(line));
  if (data === undefined) return null;
  const checkpoint = parseCheckpoint(data.checkpoint);
  const keys = data.keys.map(parseVerifierKey).filter(key => key !== null);
  const path = data.path.map(fromBase64).filter(hash => hash !== null);
  if (checkpoint === null || keys.length !== data.keys.length || path.length !== data.path.length) return null;
  const leaf = leafHash(Buffer.from(canonicalJson(data.entry as JsonValue)));
  return { checkpoint, note: checkpoint.note, written: data.checkpoint, keys, path, leaf, index: data.index };
}
