import { type Bytes, concat, isSame, sha256 } from './bytes.ts';

/** The hash of an entry as a leaf of the tree (RFC 6962, section 2.1). */
export function leafHash(entry: Bytes): Promise<Bytes> {
  return sha256(concat(Uint8Array.of(0), entry));
}

function nodeHash(left: Bytes, right: Bytes): Promise<Bytes> {
  return sha256(concat(Uint8Array.of(1), left, right));
}

interface Inclusion {
  readonly index: number;
  readonly size: number;
  readonly leaf: Bytes;
  readonly path: readonly Bytes[];
}

/** Whether the path leads from a leaf at this index to this root of a tree of that size (RFC 9162, section 2.1.3.2). */
export async function leadsTo(root: Bytes, { index, size, leaf, path }: Inclusion): Promise<boolean> {
  if (index >= size) return false;
  let [at, last, hash] = [index, size - 1, leaf];
  for (const beside of path) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      hash = await nodeHash(beside, hash);
      while (at % 2 === 0 && at !== 0) [at, last] = [above(at), above(last)];
    } else {
      hash = await nodeHash(hash, beside);
    }
    [at, last] = [above(at), above(last)];
  }
  return last === 0 && isSame(hash, root);
}

function above(position: number): number {
  return Math.floor(position / 2);
}
