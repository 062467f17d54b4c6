import { parseCheckpoint } from '../../audit/proof/checkpoint.ts';
import { writeProof } from '../../audit/proof/entry-proof.ts';
import type { TreeHash } from '../../audit/proof/merkle.ts';
import { signersOf } from '../../audit/proof/note.ts';
import { parseVerifierKey } from '../../audit/proof/signing-keys.ts';
import { hashRanges, inclusionRanges } from '../../audit/proof/tree-proofs.ts';
import type { Verdict } from '../../audit/proof/verdict.ts';
import { verifyFile } from './verify-file.ts';

/** The result: the proof, or that the bundle has no such entry, or what is wrong with the bundle. */
export type Proved =
  | { readonly kind: 'proved'; readonly proof: string; readonly index: number }
  | { readonly kind: 'not_found'; readonly size: number }
  | { readonly kind: 'does_not_hold'; readonly verdict: Verdict };

const untrusting = { key: null, against: null };

/**
 * Takes one entry out of a bundle, with the proof that it is in the log: for a reader who may see that entry and no
 * other. Reads the bundle twice, in little memory.
 *
 * @param id of the entry, `evt_…`
 */
export async function proveFromBundle(path: string, id: string): Promise<Proved> {
  const found: { index: number; entry: string }[] = [];
  const named = Buffer.from(`"id":${JSON.stringify(id)}`);
  const verdict = await verifyFile(path, untrusting, {
    entry(index, bytes) {
      if (!bytes.includes(named)) return;
      const entry = bytes.toString();
      if (idOf(entry) === id) found.push({ index, entry });
    },
  });
  const [first] = found;
  const checkpoint = parseCheckpoint(verdict.checkpoint ?? '');
  if (!verdict.holds || checkpoint === null) return { kind: 'does_not_hold', verdict };
  if (first === undefined) return { kind: 'not_found', size: verdict.size };
  const path_ = await pathOf(path, first.index, checkpoint.size);
  const keys = verdict.keys.map(parseVerifierKey).filter(key => key !== null);
  const signers = signersOf(checkpoint.note, keys) ?? [];
  const proof = writeProof({
    ...first,
    path: path_,
    checkpoint: verdict.checkpoint ?? '',
    keys: signers.map(({ text }) => text),
  });
  return { kind: 'proved', proof, index: first.index };
}

async function pathOf(bundle: string, index: number, size: number): Promise<TreeHash[]> {
  const ranges = hashRanges(inclusionRanges(index, size));
  await verifyFile(bundle, untrusting, { entry: (_index, _bytes, leaf) => ranges.next(leaf) });
  return ranges.hashes();
}

function idOf(entry: string): unknown {
  try {
    return (JSON.parse(entry) as { id?: unknown }).id;
  } catch {
    return null;
  }
}
