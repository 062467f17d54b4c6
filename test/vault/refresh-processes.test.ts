import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { RotationMode } from '../../emulator/oauth/rotation.ts';
import { type FailPointName, failPoints } from '../../src/vault/refresh/fail-point.ts';
import { runChildren } from './family.ts';
import { startRefreshing } from './refreshing.ts';
import type { Connected, Refreshing } from './refreshing-on.ts';

const modes: Readonly<Record<RotationMode['reuse'], RotationMode>> = {
  strict: { reuse: 'strict', revokeOldAccess: true },
  previous_once: { reuse: 'previous_once', revokeOldAccess: true },
  revoke_family: { reuse: 'revoke_family', revokeOldAccess: true },
};

describe('refreshing in several processes', () => {
  let at: Refreshing;
  before(async () => {
    at = await startRefreshing();
  });
  after(() => at.close());
  afterEach(() => at.control.clearFaults());

  for (const mode of Object.values(modes)) {
    it(`refresh storm, ${mode.reuse}: 4 processes × 50 callers, exactly one exchange, no failed call`, async () => {
      await at.control.settings({ rotation: mode });
      const place = await at.aConnection({ lifetimeSeconds: -1 });
      await at.control.addFault({ kind: 'delay', delayMs: 150, path: '/v1/oauth/token' });
      const task = { address: at.address, place, callers: 50 };
      const ends = await runChildren([task, task, task, task]);
      const tokens = ends.flatMap(end => (end.kind === 'done' ? end.tokens : []));
      assert.deepEqual(
        ends.flatMap(end => (end.kind === 'done' ? end.failures : [`killed ${end.signal}`])),
        [],
      );
      assert.deepEqual([tokens.length, new Set(tokens).size], [200, 1]);
      assert.equal((await at.control.tokenOwner({ token: tokens[0] ?? '' }))?.botId, place.botId);
      assert.equal(await at.exchanges(), 1);
    });
  }

  /** Killed once the grant is spent and before anything of the answer is on a disk: only a server that lets the token be used again helps. */
  const isLost = (point: FailPointName, mode: RotationMode) => point === 'answered' && mode.reuse !== 'previous_once';

  for (const mode of Object.values(modes)) {
    for (const point of failPoints) {
      const fate = isLost(point, mode) ? 'needs a person, once' : 'works again';
      it(`SIGKILL at ${point}, ${mode.reuse}: ${fate}`, async () => {
        await at.control.settings({ rotation: mode });
        const place = await at.aConnection({ lifetimeSeconds: -1 });
        const [end] = await runChildren([{ address: at.address, place, callers: 1, dieAt: point }]);
        assert.deepEqual(end, { kind: 'killed', signal: 'SIGKILL' });
        await restart(place);
        if (isLost(point, mode)) await assertOver(place);
        else await assertWorks(place);
        assert.ok((await at.exchanges()) <= 2);
      });
    }
  }

  /** As after a restart: spools first; then the lease and the wait for its owner run out. */
  async function restart(place: Connected): Promise<void> {
    const node = await at.aNode({}, { timings: { waitMs: 50 } });
    for (let rounds = 0; rounds < 4; rounds++) {
      await node.round();
      await at.skipWaiting(place);
    }
  }

  async function assertWorks(place: Connected): Promise<void> {
    const { token } = await (await at.aNode()).tokens.accessToken(place.workspaceId, place.connectionId);
    assert.equal((await at.control.tokenOwner({ token }))?.botId, place.botId);
    assert.equal((await at.row(place)).status, 'active');
    assert.deepEqual(await at.first.spool.names(), []);
  }

  async function assertOver(place: Connected): Promise<void> {
    const node = await at.aNode({}, { timings: { waitMs: 50 } });
    const exchanges = await at.exchanges();
    for (let calls = 0; calls < 3; calls++) {
      const call = node.tokens.accessToken(place.workspaceId, place.connectionId);
      await assert.rejects(call, { code: 'connection_needs_reauth' });
      await node.round();
    }
    assert.equal(await at.exchanges(), exchanges);
    const said = (await at.log(place)).filter(entry => entry.operation === 'connection.needs_reauth');
    assert.deepEqual(
      said.map(entry => entry.detail.reason),
      ['invalid_grant_after_lost_answer'],
    );
  }
});

describe('rule 21', () => {
  let at: Refreshing;
  before(async () => {
    at = await startRefreshing();
  });
  after(() => at.close());

  async function killed(point: FailPointName): Promise<Connected> {
    const place = await at.aConnection({ lifetimeSeconds: -1 });
    await runChildren([{ address: at.address, place, callers: 1, dieAt: point }]);
    return place;
  }
  const setStatus = (place: Connected, status: 'revoking' | 'revoked') =>
    at.system.updateTable('connection').set({ status }).where('id', '=', place.connectionId).execute();

  it('rule 21: waits for the spool of whoever had the lease before it spends the token again', async () => {
    const place = await killed('spooled');
    const elsewhere = await at.aNode({}, { spoolDirectory: `${at.directory}/elsewhere`, timings: { waitMs: 5_000 } });
    await at.skipWaiting(place);
    const waiting = elsewhere.tokens.accessToken(place.workspaceId, place.connectionId);
    const { until } = await import('../until.ts');
    await until('the connection is suspect', async () => (await at.row(place)).status === 'suspect');
    assert.equal(await at.first.replay(), 1);
    assert.ok((await waiting).token);
    assert.equal(await at.exchanges(), 1);
    const told = (await at.log(place)).map(entry => entry.operation);
    assert.ok(told.includes('connection.refresh_suspect'));
  });

  it('rule 21: applies a spool to no other generation and no other attempt', async () => {
    const place = await killed('spooled');
    const connection = at.system.updateTable('connection').where('id', '=', place.connectionId);
    await connection.set({ attempt_id: 'att_00000000-0000-7000-8000-000000000000' }).execute();
    assert.equal(await at.first.replay(), 0);
    assert.deepEqual([(await at.row(place)).generation, await at.first.spool.names()], [1, []]);
  });

  it('rule 21: revokes the tokens of a spool whose connection was revoked, and waits while it is being revoked', async () => {
    const place = await killed('spooled');
    await setStatus(place, 'revoking');
    assert.equal(await at.first.replay(), 0);
    assert.equal((await at.first.spool.names()).length, 1);
    await setStatus(place, 'revoked');
    assert.equal(await at.first.replay(), 0);
    const [orphan] = at.first.orphans;
    assert.equal(orphan?.botId, place.botId);
    assert.ok(await at.control.tokenOwner({ token: orphan?.tokens.accessToken.reveal() ?? '' }));
    assert.deepEqual(await at.first.spool.names(), []);
  });
});
