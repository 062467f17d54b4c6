import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { minuteMs, secondMs } from '../../src/domain/units.ts';
import { byTheMinute, Load, tokenBucket } from './simulated-notion.ts';

const minutes = async (load: Load, count: number) => {
  const { passed, refused } = await load.run(count * minuteMs);
  return { passed: passed / count, refused: refused / count };
};

/** In simulated time, with callers that always want more. */
describe('learning a limit', () => {
  it('makes use of a limit that refuses bursts, meets few refusals, and is there again minutes after the limit rose', async t => {
    const limits = fc.record({
      perSecond: fc.double({ min: 0.5, max: 12, noNaN: true }),
      burst: fc.integer({ min: 12, max: 60 }),
      callers: fc.integer({ min: 12, max: 40 }),
      processes: fc.integer({ min: 1, max: 3 }),
    });
    const property = fc.asyncProperty(limits, async ({ perSecond, burst, callers, processes }) => {
      const limit = { perSecond, burst };
      t.mock.timers.reset();
      await using load = new Load(t, tokenBucket(limit), { callers, processes });
      await minutes(load, 3);
      const known = await minutes(load, 3);
      assert.ok(known.passed > 0.9 * 60 * perSecond, `${known.passed} a minute of ${60 * perSecond}`);
      assert.ok(known.refused <= 3 + 0.02 * known.passed, `${known.refused} refused in a minute`);
      limit.perSecond = 3 * perSecond;
      await minutes(load, 6);
      const risen = await minutes(load, 2);
      assert.ok(risen.passed > 0.8 * 60 * limit.perSecond, `${risen.passed} a minute of ${60 * limit.perSecond}`);
    });
    await fc.assert(property, { numRuns: 4 });
  });

  it('makes use of a limit that counts by the minute, as Notion’s do', async t => {
    await using load = new Load(t, byTheMinute({ perMinute: 180 }), { callers: 12, processes: 2 });
    await minutes(load, 4);
    const { passed, refused } = await minutes(load, 4);
    assert.ok(passed > 0.85 * 180, `${passed} a minute`);
    assert.ok(refused < 0.05 * passed, `${refused} refused in a minute`);
  });

  it('learns nothing from one refusal: all that want to go on go on when it says so', async t => {
    let refuse = 0;
    await using load = new Load(t, () => (++refuse === 6 ? 1 : 0), { callers: 10 });
    await load.run(2 * secondMs);
    const { passed, held, refused } = await load.run(10 * secondMs);
    assert.deepEqual([held, refused], [0, 0]);
    assert.ok(passed > 500, `${passed} in ten seconds`);
  });

  it('learns nothing from refusals now and then', async t => {
    let calls = 0;
    await using load = new Load(t, () => (++calls % 5_000 === 0 ? 2 : 0), { callers: 4 });
    const { passed, refused, held } = await load.run(5 * minuteMs);
    assert.ok(refused >= 1 && refused <= 4, `${refused} refused`);
    assert.ok(passed > 0.9 * 4 * 5 * 400, `${passed} passed, ${held} held`);
  });
});
