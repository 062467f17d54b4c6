import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { applyChange } from '../../src/authorize/apply-change.ts';
import { compilePolicy } from '../../src/authorize/compile-policy.ts';
import { PlacedPolicy } from '../../src/authorize/tree/placed-policy.ts';
import type { JudgedObject } from '../../src/domain/policy-snapshot.ts';
import { referenceJudge } from './reference.ts';
import { createChange, treeOf } from './worlds/change.ts';
import { createRandom } from './worlds/random.ts';
import { ancestryIn, createAsker, createWorld, pathIn, type World, worldActions } from './worlds/world.ts';

const sequences = 5_000;
const steps = 8;

describe('changes, one after the other', () => {
  it(`decide after ${sequences} sequences as if everything were built anew, and earlier snapshots stay as they were`, () => {
    for (let seed = 1; seed <= sequences; seed++) {
      const random = createRandom(seed + 1_000_000);
      const world = createWorld(seed);
      const places = new Map(world.tree);
      const moving: World = { ...world, tree: places };
      const tree = treeOf(world);
      let snapshot = compilePolicy(world.policy);
      for (let step = 0; step < steps; step++) {
        const asker = createAsker(random, world);
        const action = random.pick(worldActions);
        const earlier = { snapshot, object: ancestryIn(moving, random.pick([...places.keys()])) };
        const said = earlier.snapshot.judge(asker, action, earlier.object);
        if (random.chance(0.4))
          movePage(moving, places, tree, random.pick([...places.keys()]), random.pick([...places.keys(), null]));
        else snapshot = applyChange(snapshot, createChange(random, snapshot.source, world), step + 2);
        const placed = new PlacedPolicy(snapshot, tree);
        // Some decisions fall in the middle of the work, some after it.
        if (random.chance(0.5)) tree.work(2).next();
        const anew = compilePolicy(snapshot.source);
        for (const id of places.keys()) {
          const object = ancestryIn(moving, id);
          const found = snapshot.judge(asker, action, object);
          assert.deepEqual(found, anew.judge(asker, action, object), `sequence ${seed}, step ${step}`);
          assert.deepEqual(
            found,
            referenceJudge(snapshot.source, asker, action, object),
            `sequence ${seed}, step ${step}`,
          );
          // The tree knows no properties.
          const plain: JudgedObject = { state: 'known', path: pathIn(moving, id) };
          const expected = referenceJudge(snapshot.source, asker, action, plain).effect === 'allow';
          assert.equal(placed.may(asker, action, id), expected, `sequence ${seed}, step ${step}: by place`);
        }
        assert.deepEqual(
          earlier.snapshot.judge(asker, action, earlier.object),
          said,
          `sequence ${seed}: an earlier snapshot`,
        );
      }
    }
  });
});

function movePage(
  world: World,
  places: Map<string, { kind: 'page' | 'database' | 'data_source'; parent: string | null }>,
  tree: ReturnType<typeof treeOf>,
  id: string,
  parent: string | null,
): void {
  const was = places.get(id);
  if (was === undefined || (parent !== null && pathIn(world, parent).some(on => on.id === id))) return;
  places.set(id, { kind: was.kind, parent });
  tree.put({ kind: was.kind, id, parentId: parent });
}
