import { type GrowingTree, growTree, nodeHash, type TreeHash } from './merkle.ts';

/** Leaves from the first to before the second: a subtree whose root is part of a proof. */
export type LeafRange = readonly [from: number, to: number];

/** Which subtrees prove that leaf `index` is in a tree of `size` leaves, in the order of RFC 6962, section 2.1.1. */
export function inclusionRanges(index: number, size: number): LeafRange[] {
  const path: LeafRange[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const middle = from + splitOf(to - from);
    if (index < middle) {
      path.push([middle, to]);
      to = middle;
    } else {
      path.push([from, middle]);
      from = middle;
    }
  }
  return path.reverse();
}

/** Which subtrees prove that a tree of `size` leaves begins with one of `older` leaves (RFC 6962, section 2.1.2). */
export function consistencyRanges(older: number, size: number): LeafRange[] {
  if (older === 0) return [];
  const path: LeafRange[] = [];
  let [from, to] = [0, size];
  let isWhole = true;
  while (older !== to) {
    const middle = from + splitOf(to - from);
    if (older <= middle) {
      path.push([middle, to]);
      to = middle;
    } else {
      path.push([from, middle]);
      from = middle;
      isWhole = false;
    }
  }
  if (!isWhole) path.push([from, to]);
  return path.reverse();
}

/** The greatest power of two below `size`. */
function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/** Hashes these subtrees while all leaves pass by, in their order. Holds a few hashes for each subtree. */
export function hashRanges(ranges: readonly LeafRange[]): {
  next(leaf: TreeHash): void;
  hashes(): TreeHash[];
} {
  const trees = ranges.map(([from, to]) => ({ from, to, tree: growTree() as GrowingTree }));
  const inOrder = [...trees].sort((a, b) => a.from - b.from);
  let index = 0;
  let at = 0;
  return {
    next(leaf) {
      while (at < inOrder.length && index >= (inOrder[at]?.to ?? 0)) at += 1;
      const current = inOrder[at];
      if (current !== undefined && index >= current.from) current.tree.append(leaf);
      index += 1;
    },
    hashes: () => trees.map(({ tree }) => tree.root()),
  };
}

/**
 * The path for a leaf near the right edge, from the tree before that leaf and the leaves since: earlier leaves need not
 * be read again.
 */
export function pathNearEdge(
  before: { readonly size: number; readonly edge: readonly TreeHash[] },
  leaves: readonly TreeHash[],
  index: number,
): TreeHash[] {
  const left = growTree(before);
  for (const leaf of leaves.slice(0, index - before.size)) left.append(leaf);
  const ranges = inclusionRanges(index, before.size + leaves.length);
  const right = hashRanges(
    ranges.filter(([from]) => from > index).map(([from, to]) => [from - index - 1, to - index - 1] as const),
  );
  for (const leaf of leaves.slice(index - before.size + 1)) right.next(leaf);
  // To the left of a leaf are the complete subtrees before it, the nearest first.
  const [lefts, rights] = [[...left.edge], right.hashes()];
  return ranges.map(([from]) => (from > index ? rights.shift() : lefts.pop()) as TreeHash);
}

/** Whether the path leads from this leaf to this root (RFC 9162, section 2.1.3.2). */
export function provesInclusion(
  proof: { index: number; size: number; leaf: TreeHash; path: readonly TreeHash[] },
  root: TreeHash,
): boolean {
  const { index, size, leaf, path } = proof;
  if (index >= size) return false;
  let [at, last, node] = [index, size - 1, leaf];
  for (const other of path) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      node = nodeHash(other, node);
      while (at % 2 === 0 && at !== 0) [at, last] = [halfOf(at), halfOf(last)];
    } else {
      node = nodeHash(node, other);
    }
    [at, last] = [halfOf(at), halfOf(last)];
  }
  return last === 0 && node === root;
}

/** Whether the path shows that the tree of `size` leaves begins with that of `older` leaves (RFC 9162, section 2.1.4.2). */
export function provesConsistency(
  proof: { older: number; size: number; path: readonly TreeHash[] },
  roots: { older: TreeHash; newer: TreeHash },
): boolean {
  const { older, size } = proof;
  if (older > size) return false;
  if (older === size) return proof.path.length === 0 && roots.older === roots.newer;
  if (older === 0) return proof.path.length === 0;
  const path = isPowerOfTwo(older) ? [roots.older, ...proof.path] : [...proof.path];
  const first = path.shift();
  if (first === undefined) return false;
  let [at, last] = [older - 1, size - 1];
  while (at % 2 === 1) [at, last] = [halfOf(at), halfOf(last)];
  let [before, after] = [first, first];
  for (const node of path) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      before = nodeHash(node, before);
      after = nodeHash(node, after);
      while (at % 2 === 0 && at !== 0) [at, last] = [halfOf(at), halfOf(last)];
    } else {
      after = nodeHash(after, node);
    }
    [at, last] = [halfOf(at), halfOf(last)];
  }
  return last === 0 && before === roots.older && after === roots.newer;
}

/** Bit operations of JavaScript end at 32 bits; logs do not. */
function halfOf(value: number): number {
  return Math.floor(value / 2);
}

function isPowerOfTwo(value: number): boolean {
  let rest = value;
  while (rest % 2 === 0) rest /= 2;
  return rest === 1;
}
