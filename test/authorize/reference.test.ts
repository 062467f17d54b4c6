import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { applyChange } from '../../src/authorize/apply-change.ts';
import { compilePolicy } from '../../src/authorize/compile-policy.ts';
import { PageTree } from '../../src/authorize/tree/page-tree.ts';
import { PlacedPolicy } from '../../src/authorize/tree/placed-policy.ts';
import { type Check, changesLikeReference, judgesLikeReference, widensLikeReference } from './checks.ts';

const engine = { compilePolicy, applyChange, PageTree, PlacedPolicy };

/** Worlds in which something never happens would prove nothing about it. */
function holdsIn(check: Check, seeds: number): Map<string, number> {
  const seen = new Map<string, number>();
  for (let seed = 1; seed <= seeds; seed++) assert.equal(check(engine, seed, seen), null);
  return seen;
}

describe('the engine against the specification written once more', () => {
  it('gives the same effect, reason and determining grants in 2,000 worlds', () => {
    const seen = holdsIn(judgesLikeReference, 2_000);
    assert.equal(seen.size, 10, JSON.stringify([...seen]));
  });

  it('decides after 5,000 sequences of changes as if everything were built anew, and earlier snapshots stay as they were', () => {
    holdsIn(changesLikeReference, 5_000);
  });

  it('rule 9: a move widens whenever it gives anybody anything, on the page or below it', () => {
    const seen = holdsIn(widensLikeReference, 15_000);
    assert.ok((seen.get('true') ?? 0) > 100 && (seen.get('false') ?? 0) > 100, JSON.stringify([...seen]));
  });
});
