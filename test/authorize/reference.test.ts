import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compilePolicy } from '../../src/authorize/compile-policy.ts';
import { referenceJudge } from './reference.ts';
import { createRandom } from './worlds/random.ts';
import { createAsker, createWorld, objectsIn, worldActions } from './worlds/world.ts';

const worlds = 2_000;

describe('the engine against the specification written once more', () => {
  it(`gives the same effect, reason and determining grants in ${worlds} worlds`, () => {
    const seen = new Map<string, number>();
    for (let seed = 1; seed <= worlds; seed++) {
      const world = createWorld(seed);
      const random = createRandom(seed);
      const snapshot = compilePolicy(world.policy);
      for (let round = 0; round < 4; round++) {
        const asker = createAsker(random, world);
        for (const object of objectsIn(world)) {
          for (const action of worldActions) {
            const expected = referenceJudge(world.policy, asker, action, object);
            const found = snapshot.judge(asker, action, object);
            assert.deepEqual(found, expected, `world ${seed}, ${action} on ${JSON.stringify(object)}`);
            assert.equal(snapshot.may(asker, action, object), found.effect === 'allow', `world ${seed}: may`);
            if (!snapshot.dependsOnPages(asker)) {
              const unplaced = snapshot.judge(asker, action, { state: 'unknown' });
              if (object.state === 'known')
                assert.equal(unplaced.effect, found.effect, `world ${seed}: depends on pages`);
            }
            seen.set(found.because, (seen.get(found.because) ?? 0) + 1);
          }
        }
      }
    }
    // Worlds in which something never happens would prove nothing about it.
    assert.equal(seen.size, 10, JSON.stringify([...seen]));
  });
});
