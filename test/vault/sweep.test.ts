import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { sql } from 'kysely';
import { Agent } from 'undici';
import { CALLBACK } from '../../emulator/authorized.ts';
import { createCheckToken } from '../../src/connect/check-token.ts';
import { Secret } from '../../src/domain/secret.ts';
import { startRefreshing } from './refreshing.ts';
import type { Connected, Refreshing } from './refreshing-on.ts';

describe('looking after connections that nobody calls', () => {
  let at: Refreshing;
  before(async () => {
    at = await startRefreshing();
  });
  after(() => at.close());
  beforeEach(async () => {
    // Those of earlier tests had their turn.
    await at.system.updateTable('connection').set({ check_after: sql<Date>`now() + interval '1 year'` }).execute();
    await at.control.clearRequests();
  });
  afterEach(() => at.control.clearFaults());

  async function due(...places: Connected[]): Promise<void> {
    const connections = at.system.updateTable('connection').set({ check_after: sql<Date>`now()` });
    await connections
      .where(
        'id',
        'in',
        places.map(place => place.connectionId),
      )
      .execute();
  }
  const names = async (place: Connected) => (await at.log(place)).map(entry => entry.operation);

  it('leaves a connection alone that still exists', async () => {
    const place = await at.aConnection();
    await due(place);
    await at.first.round();
    assert.deepEqual([await at.introspections(), await at.exchanges()], [1, 0]);
    assert.deepEqual([(await at.row(place)).status, await names(place)], ['active', []]);
    // Its next turn is some time away.
    await at.first.round();
    assert.equal(await at.introspections(), 1);
  });

  it("notices a removal on Notion's side without any call, says so once, and asks never again", async () => {
    const place = await at.aConnection();
    await at.control.revoke({ botId: place.botId });
    const [one, other] = [await at.aNode(), await at.aNode()];
    for (let turns = 0; turns < 3; turns++) {
      await due(place);
      await Promise.all([one.round(), other.round()]);
    }
    const { status, status_reason } = await at.row(place);
    assert.deepEqual([status, status_reason], ['needs_reauth', 'invalid_grant']);
    assert.deepEqual((await names(place)).sort(), [
      'connection.needs_reauth',
      'connection.refresh_started',
      'workspace_deauthorized',
    ]);
    assert.deepEqual([await at.introspections(), await at.exchanges()], [1, 1]);
  });

  it('refreshes once where only the access token had ended', async () => {
    const place = await at.aConnection();
    await at.control.expireAccess({ botId: place.botId });
    await due(place);
    await at.first.round();
    assert.deepEqual([(await at.row(place)).status, await at.exchanges()], ['active', 1]);
    const { token } = await at.first.tokens.accessToken(place.workspaceId, place.connectionId);
    assert.ok(await at.works(place, token));
  });

  const troubles = [
    { kind: 'respond', status: 500 },
    { kind: 'respond', status: 503 },
    { kind: 'respond', status: 429, retryAfterSeconds: 60 },
    { kind: 'reset' },
    { kind: 'truncate' },
  ] as const;
  for (const trouble of troubles) {
    it(`${trouble.kind} ${'status' in trouble ? trouble.status : ''} never ends a connection`, async () => {
      const place = await at.aConnection();
      await at.control.addFault({ ...trouble, path: '/v1/oauth/introspect' });
      await due(place);
      await at.first.round();
      assert.deepEqual([await at.introspections(), await at.exchanges()], [1, 0]);
      assert.deepEqual([(await at.row(place)).status, await names(place)], ['active', []]);
    });

    it(`${trouble.kind} ${'status' in trouble ? trouble.status : ''} of the refresh that follows neither`, async () => {
      const place = await at.aConnection();
      await at.control.expireAccess({ botId: place.botId });
      await at.control.addFault({ ...trouble, path: '/v1/oauth/token' });
      await due(place);
      await at.first.round();
      assert.equal((await at.row(place)).status, 'active');
      assert.deepEqual(await names(place), ['connection.refresh_started', 'connection.refresh_postponed']);
    });
  }

  it('a question that is never answered ends, and says nothing', async () => {
    const place = await at.aConnection();
    const { url: origin, clientId, clientSecret } = at.emulator;
    const dispatcher = new Agent({ headersTimeout: 200 });
    const app = { origin, clientId, clientSecret: new Secret(clientSecret), redirectUri: CALLBACK, dispatcher };
    const node = await at.aNode({ check: createCheckToken({ app }) });
    await at.control.addFault({ kind: 'stall', path: '/v1/oauth/introspect' });
    await due(place);
    await node.round();
    assert.equal((await at.control.release()).released, 1);
    assert.deepEqual([(await at.row(place)).status, await at.exchanges(), await names(place)], ['active', 0, []]);
    await dispatcher.destroy();
  });

  it('asks nobody about hosted MCP connections, and about each other one only one process', async () => {
    const places = [await at.aConnection({ kind: 'mcp' }), await at.aConnection()];
    await due(...places);
    const nodes = await Promise.all(Array.from({ length: 3 }, () => at.aNode()));
    await Promise.all(nodes.map(node => node.round()));
    assert.deepEqual([await at.introspections(), await at.exchanges()], [1, 0]);
  });

  it('spreads the next turns: never all at once, and none too soon', async () => {
    const places = await Promise.all(Array.from({ length: 20 }, () => at.aConnection({ kind: 'mcp' })));
    const inUse = at.system.updateTable('connection').set({ last_used_at: sql<Date>`now()` });
    await inUse
      .where(
        'id',
        'in',
        places.map(place => place.connectionId),
      )
      .execute();
    await due(...places);
    await at.first.round();
    const waits = await Promise.all(
      places.map(async place => ((await at.row(place)).check_after.getTime() - Date.now()) / 60_000),
    );
    assert.ok(
      waits.every(minutes => minutes > 40 && minutes < 80),
      String(waits),
    );
    assert.ok(Math.max(...waits) - Math.min(...waits) > 5, String(waits));
  });
});
