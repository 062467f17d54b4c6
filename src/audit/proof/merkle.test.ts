import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import vectors from '../../../test/vectors/merkle.json' with { type: 'json' };
import { edgeLength, emptyRoot, growTree, leafHash, nodeHash, type TreeHash } from './merkle.ts';
import {
  consistencyRanges,
  hashRanges,
  inclusionRanges,
  type LeafRange,
  pathNearEdge,
  provesConsistency,
  provesInclusion,
} from './tree-proofs.ts';

const hex = (hash: TreeHash) => Buffer.from(hash, 'latin1').toString('hex');
const published = vectors.leaves.map(leaf => leafHash(Buffer.from(leaf, 'hex')));

function treeOf(leaves: readonly TreeHash[]) {
  const tree = growTree();
  for (const leaf of leaves) tree.append(leaf);
  return tree;
}

function hashed(ranges: readonly LeafRange[], leaves: readonly TreeHash[]): TreeHash[] {
  const hashes = hashRanges(ranges);
  for (const leaf of leaves) hashes.next(leaf);
  return hashes.hashes();
}

/** The definition of RFC 6962, section 2.1, word for word. */
function rootOf(leaves: readonly TreeHash[]): TreeHash {
  const [first] = leaves;
  if (first === undefined) return emptyRoot;
  if (leaves.length === 1) return first;
  const split = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
  return nodeHash(rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)));
}

const someLeaves = fc
  .integer({ min: 1, max: 70 })
  .map(count => Array.from({ length: count }, (_, at) => leafHash(Buffer.of(at))));

describe('the tree of a log', () => {
  it('has the roots and proofs that others publish', () => {
    assert.equal(hex(emptyRoot), vectors.emptyRoot);
    assert.deepEqual(
      vectors.roots.map((_, at) => hex(treeOf(published.slice(0, at + 1)).root())),
      vectors.roots,
    );
    for (const { index, size, path } of vectors.inclusion)
      assert.deepEqual(hashed(inclusionRanges(index, size), published).map(hex), path);
    for (const { older, size, path } of vectors.consistency)
      assert.deepEqual(hashed(consistencyRanges(older, size), published).map(hex), path);
  });

  it('grows to the root of the definition, also from where it was left', () => {
    fc.assert(
      fc.property(someLeaves, fc.nat(70), (leaves, cut) => {
        const before = treeOf(leaves.slice(0, cut));
        assert.equal(before.edge.length, edgeLength(before.size));
        const tree = growTree(before);
        for (const leaf of leaves.slice(cut)) tree.append(leaf);
        assert.equal(tree.root(), rootOf(leaves));
      }),
    );
  });

  it('proves each leaf, and nothing else in its place', () => {
    fc.assert(
      fc.property(someLeaves, fc.nat(), fc.nat(), (leaves, pick, cut) => {
        const [index, size] = [pick % leaves.length, leaves.length];
        const [root, leaf] = [rootOf(leaves), leaves[index] as TreeHash];
        const path = hashed(inclusionRanges(index, size), leaves);
        assert.ok(provesInclusion({ index, size, leaf, path }, root));
        const first = cut % (index + 1);
        assert.deepEqual(pathNearEdge(treeOf(leaves.slice(0, first)), leaves.slice(first), index), path);
        assert.ok(!provesInclusion({ index, size, leaf: leafHash(Buffer.of(200)), path }, root));
        assert.ok(!provesInclusion({ index, size, leaf, path: [...path, root] }, root));
        assert.ok(!provesInclusion({ index: index + size, size, leaf, path }, root));
        if (path.length > 0) assert.ok(!provesInclusion({ index, size, leaf, path: path.slice(1) }, root));
      }),
    );
  });

  it('proves that it continues an older one, and no other', () => {
    fc.assert(
      fc.property(someLeaves, fc.nat(), (leaves, pick) => {
        const [older, size] = [pick % (leaves.length + 1), leaves.length];
        const roots = { older: rootOf(leaves.slice(0, older)), newer: rootOf(leaves) };
        const path = hashed(consistencyRanges(older, size), leaves);
        assert.ok(provesConsistency({ older, size, path }, roots));
        if (older === 0) return;
        const other = leafHash(Buffer.of(201));
        assert.ok(!provesConsistency({ older, size, path }, { ...roots, older: other }));
        assert.ok(!provesConsistency({ older, size, path }, { ...roots, newer: other }));
        assert.ok(!provesConsistency({ older, size, path: [...path, other] }, roots));
      }),
    );
  });
});
