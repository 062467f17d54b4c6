import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { RotationMode } from '../../emulator/oauth/rotation.ts';
import { type FailPointName, failPoints } from '../../src/vault/refresh/refresh-parts.ts';
import { assertOver, assertWorks, settle } from './aftermath.ts';
import { runChildren } from './family.ts';
import { startRefreshing } from './refreshing.ts';
import type { Connected, Refreshing } from './refreshing-on.ts';
import { reuses, rotating } from './rotation-modes.ts';

const kinds = ['rest', 'mcp'] as const;

describe('refreshing in several processes', () => {
  let at: Refreshing;
  before(async () => {
    at = await startRefreshing();
  });
  after(() => at.close());
  afterEach(() => at.control.clearFaults());

  for (const kind of kinds) {
    for (const reuse of reuses) {
      it(`refresh storm, ${kind}, ${reuse}: 4 processes × 50 callers, exactly one exchange, no failed call`, async () => {
        await at.control.settings(rotating(reuse));
        const place = await at.aConnection({ kind, lifetimeSeconds: -1 });
        await at.control.addFault({ kind: 'delay', delayMs: 150, path: '*/token' });
        const task = { address: at.address, place, callers: 50 };
        const ends = await runChildren([task, task, task, task]);
        const tokens = ends.flatMap(end => (end.kind === 'done' ? end.tokens : []));
        assert.deepEqual(
          ends.flatMap(end => (end.kind === 'done' ? end.failures : [`killed ${end.signal}`])),
          [],
        );
        assert.deepEqual([tokens.length, new Set(tokens).size], [200, 1]);
        assert.ok(await at.works(place, tokens[0] ?? ''));
        assert.equal(await at.exchanges(), 1);
      });
    }
  }

  /** Killed once the grant is spent and before anything of the answer is on a disk: only a server that lets the token be used again helps. */
  const isLost = (point: FailPointName, reuse: RotationMode['reuse']) =>
    point === 'answered' && reuse !== 'previous_once';

  for (const reuse of reuses) {
    for (const point of failPoints) {
      const fate = isLost(point, reuse) ? 'needs a person, once' : 'works again';
      it(`SIGKILL at ${point}, rest, ${reuse}: ${fate}`, async () => {
        await at.control.settings(rotating(reuse));
        const place = await at.aConnection({ lifetimeSeconds: -1 });
        await kill([{ place, point }]);
        await settle(at, place);
        if (isLost(point, reuse)) await assertOver(at, place);
        else await assertWorks(at, place);
        assert.ok((await at.exchanges()) <= 2);
      });
    }

    it(`SIGKILL at each point, mcp, ${reuse}: as for rest`, async () => {
      await at.control.settings(rotating(reuse));
      const doomed = await Promise.all(
        failPoints.map(async point => ({ place: await at.aConnection({ kind: 'mcp', lifetimeSeconds: -1 }), point })),
      );
      await at.control.clearRequests();
      await kill(doomed);
      for (const { place } of doomed) await settle(at, place);
      for (const { place, point } of doomed) {
        if (isLost(point, reuse)) await assertOver(at, place);
        else await assertWorks(at, place);
      }
      // One each, and one more if the fate was unknown: killed just before the request, or just after its answer.
      assert.equal(await at.exchanges(), doomed.length + 1);
    });
  }

  /** Each in a process of its own. */
  async function kill(doomed: readonly { place: Connected; point: FailPointName }[]): Promise<void> {
    const ends = await runChildren(
      doomed.map(({ place, point }) => ({ address: at.address, place, callers: 1, dieAt: point })),
    );
    for (const end of ends) assert.deepEqual(end, { kind: 'killed', signal: 'SIGKILL' });
  }
});
