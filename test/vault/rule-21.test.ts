import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { authorize, CALLBACK } from '../../emulator/authorized.ts';
import { discardTokens } from '../../src/connect/discard-tokens.ts';
import { newId } from '../../src/domain/ids.ts';
import { noMetrics } from '../../src/domain/metrics.ts';
import { Secret } from '../../src/domain/secret.ts';
import { createTokenRefreshes } from '../../src/store/token-refreshes.ts';
import type { FailPointName } from '../../src/vault/refresh/refresh-parts.ts';
import { replaySpools } from '../../src/vault/refresh/replay.ts';
import { openSpool } from '../../src/vault/refresh/spool.ts';
import { startConnecting } from '../connect/connecting.ts';
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

  it('rule 21: waits for the spool of the last lease holder before it spends the token again', async () => {
    const place = await killed('spooled');
    const elsewhere = await at.aNode({}, { dataDir: `${at.directory}/elsewhere`, timings: { waitMs: 5_000 } });
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

  it('rule 21: leaves the tokens alone that came after those of a spool', async () => {
    const place = await killed('spooled');
    // A person has connected again meanwhile, or the same attempt is claimed to be another's.
    const connection = at.system.updateTable('connection').where('id', '=', place.connectionId);
    await connection.set({ generation: 7, last_generation: 7 }).execute();
    const secrets = at.system.selectFrom('connection_secret').selectAll().orderBy('field');
    const before = await secrets.where('connection_id', '=', place.connectionId).execute();
    assert.equal(await at.first.replay(), 0);
    assert.deepEqual(await secrets.where('connection_id', '=', place.connectionId).execute(), before);
    assert.equal((await at.row(place)).generation, 7);
    assert.deepEqual(await at.first.spool.names(), []);
  });

  it('rule 21: waits no longer than its time for a spool that nobody brings, and then spends once', async () => {
    const place = await killed('leased');
    const elsewhere = { dataDir: `${at.directory}/elsewhere`, timings: { waitMs: 10_000, graceMs: 600 } };
    const nodes = [await at.aNode({}, elsewhere), await at.aNode({}, elsewhere)];
    await at.skipWaiting(place);
    const from = performance.now();
    const calls = nodes.map(node => node.tokens.accessToken(place.workspaceId, place.connectionId));
    await until('the connection is suspect', async () => (await at.row(place)).status === 'suspect');
    assert.equal(await at.exchanges(), 0);
    assert.equal(new Set((await Promise.all(calls)).map(({ token }) => token)).size, 1);
    assert.ok(performance.now() - from >= 600);
    assert.equal(await at.exchanges(), 1);
    const told = (await at.log(place)).map(entry => [entry.operation, entry.detail.resent ?? null]);
    assert.deepEqual(told, [
      ['connection.refresh_started', false],
      ['connection.refresh_suspect', null],
      ['connection.refresh_started', true],
      ['connection.refreshed', null],
    ]);
  });

  it('rule 21: revokes the tokens of a spool whose connection was revoked, and waits while it is being revoked', async () => {
    const place = await killed('spooled');
    await setStatus(place, 'revoking');
    assert.equal(await at.first.replay(), 0);
    assert.equal((await at.first.spool.names()).length, 1);
    await setStatus(place, 'revoked');
    assert.equal(await at.first.replay(), 0);
    const [discarded] = at.first.discarded;
    assert.equal(discarded?.botId, place.botId);
    assert.ok(await at.control.tokenOwner({ token: discarded?.tokens.accessToken.reveal() ?? '' }));
    assert.deepEqual(await at.first.spool.names(), []);
  });
});

describe('rule 21, at Notion', () => {
  it('rule 21: tokens that came for a connection which was disconnected meanwhile work nowhere any more', async () => {
    const at = await startConnecting();
    const directory = await mkdtemp(join(tmpdir(), 'portcullis-late-'));
    try {
      const { browser } = await at.aPerson();
      await browser.answer(await browser.reach());
      const row = await at.database.system.selectFrom('connection').selectAll().executeTakeFirstOrThrow();
      const { id: connectionId, workspace_id: workspaceId, origin, bot_id: botId } = row;
      await at.database.system.updateTable('connection').set({ status: 'revoked' }).execute();
      // What the exchange that was under way brought: of the same installation, and working.
      await at.control.addRedirectUris({ redirectUris: [CALLBACK] });
      const late = await authorize(at.emulator);
      assert.equal(late.botId, botId);
      const tokens = { accessToken: new Secret(late.accessToken), refreshToken: new Secret(late.refreshToken) };
      const sealer = await at.connectParts.vault.forWorkspace(workspaceId);
      const attempt = { workspaceId, connectionId, attemptId: newId('att'), generation: 1, nextGeneration: 2 };
      const spool = await openSpool(directory);
      const sealed = await sealer.seal(connectionId, 2, tokens);
      await spool.write({
        attempt: { ...attempt, startedAt: new Date(), registrationId: null },
        origin,
        botId,
        endsAt: null,
        tokens: sealed,
      });
      await replaySpools({
        spool,
        refreshes: createTokenRefreshes(at.database, { instance: () => newId('ins'), now: () => new Date() }),
        seal: at.connectParts.vault,
        discard: tokens => discardTokens(at.connectParts, tokens),
        metrics: noMetrics,
        onTrouble: assert.ifError,
      });
      assert.deepEqual(await spool.names(), []);
      await at.upkeep.doJobs();
      assert.equal(await at.control.tokenOwner({ token: late.accessToken }), null);
    } finally {
      await at.close();
      await rm(directory, { recursive: true });
    }
  });
});
