import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { FailPointName } from '../../src/vault/refresh/fail-point.ts';
import { until } from '../until.ts';
import { runChildren } from './family.ts';
import { startRefreshing } from './refreshing.ts';
import type { Connected, Refreshing } from './refreshing-on.ts';

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
