import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertOver, assertWorks, settle } from './aftermath.ts';
import { startChild } from './family.ts';
import { startRefreshing } from './refreshing.ts';
import type { Connected, Refreshing } from './refreshing-on.ts';
import { reuses, rotating } from './rotation-modes.ts';
import { openWire, type Wire } from './wire.ts';

describe('SIGKILL while the exchange is in flight', () => {
  let at: Refreshing;
  let wire: Wire;
  before(async () => {
    at = await startRefreshing();
    wire = await openWire(at.emulator.url);
  });
  after(async () => {
    await wire.close();
    await at.close();
  });

  /** A connection whose only refresher is killed while the server has its request, or nearly. */
  async function killed(kind: Connected['kind'], when: 'before' | 'after'): Promise<Connected> {
    const place = await at.aConnection({ kind, lifetimeSeconds: -1, origin: wire.url });
    wire.spent.length = 0;
    const held = wire.hold(when);
    const address = { ...at.address, notionUrl: wire.url };
    const child = await startChild({ address, place, callers: 3 });
    child.go();
    await held;
    child.kill();
    assert.deepEqual(await child.ended, { kind: 'killed', signal: 'SIGKILL' });
    return place;
  }
  const overTheWire = () => ({ notionUrl: wire.url });

  for (const kind of ['rest', 'mcp'] as const) {
    for (const reuse of reuses) {
      it(`${kind}, ${reuse}, before the server had it: works again, with one exchange`, async () => {
        await at.control.settings(rotating(reuse));
        const place = await killed(kind, 'before');
        await settle(at, place, overTheWire());
        await assertWorks(at, place, overTheWire());
        assert.equal(wire.spent.length, 1);
        const starts = (await at.log(place)).filter(entry => entry.operation === 'connection.refresh_started');
        assert.deepEqual(
          starts.map(entry => entry.detail.resent),
          [false, true],
        );
      });

      const works = reuse === 'previous_once';
      it(`${kind}, ${reuse}, after the server rotated: ${works ? 'works again' : 'needs a person, once'}`, async () => {
        await at.control.settings(rotating(reuse));
        const place = await killed(kind, 'after');
        await settle(at, place, overTheWire());
        if (works) await assertWorks(at, place, overTheWire());
        else await assertOver(at, place, overTheWire());
        // One resend of the same token, and never another.
        assert.deepEqual([wire.spent.length, new Set(wire.spent).size], [2, 1]);
      });
    }
  }
});
