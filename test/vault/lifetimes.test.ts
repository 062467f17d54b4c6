import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { minuteMs } from '../../src/domain/units.ts';
import type { Node } from './node.ts';
import { startRefreshing } from './refreshing.ts';
import type { Connected, Refreshing } from './refreshing-on.ts';
import { openWire, type Wire } from './wire.ts';

const steps = 10;
const stepMs = minuteMs;

/** What a server says about the end of its tokens; what is kept of it; and how often ten minutes of calls may refresh. */
const sayings = [
  { says: 0, keptSeconds: 0, exchangesMax: steps + 1 },
  { says: 1, keptSeconds: 1, exchangesMax: steps + 1 },
  { says: '3600', keptSeconds: 3_600, exchangesMax: 1 },
  { says: -1, keptSeconds: null, exchangesMax: 1 },
  { says: 1e20, keptSeconds: null, exchangesMax: 1 },
  { says: '1e20', keptSeconds: null, exchangesMax: 1 },
  { says: { seconds: 1 }, keptSeconds: null, exchangesMax: 1 },
] as const;

describe('B14: expires_in, from the answer to the last call', () => {
  let at: Refreshing;
  let wire: Wire;
  let node: Node;
  let nowMs = Date.now();
  before(async () => {
    at = await startRefreshing({}, { simulated: true });
    wire = await openWire(at.emulator.url);
    node = await at.aNode({ now: () => new Date(nowMs) }, { notionUrl: wire.url });
    await advance();
  });
  after(async () => {
    await wire.close();
    await at.close();
  });

  async function advance(): Promise<void> {
    nowMs += stepMs;
    await sql`UPDATE simulated_clock SET at = ${new Date(nowMs)}`.execute(at.system);
    // In use, or the rounds would leave them alone.
    await at.system
      .updateTable('connection')
      .set({ last_used_at: new Date(nowMs) })
      .execute();
  }

  /** Refreshed once, by an answer that says that. */
  async function refreshed(kind: Connected['kind'], says: unknown): Promise<Connected> {
    wire.wanted.expiresIn = says;
    // Those of earlier tests are in use as well, and would be refreshed in their time.
    await at.system.updateTable('connection').set({ status: 'revoked' }).execute();
    const place = await at.aConnection({ kind, lifetimeSeconds: -1, origin: wire.url });
    wire.spent.length = 0;
    assert.ok(await at.works(place, await tokenOf(place)));
    assert.equal(wire.spent.length, 1);
    return place;
  }
  const tokenOf = async ({ workspaceId, connectionId }: Connected) =>
    (await node.tokens.accessToken(workspaceId, connectionId)).token;

  async function keptSeconds({ connectionId }: Connected): Promise<number | null> {
    const rows = await sql<{ seconds: number | null }>`
      SELECT extract(epoch FROM s.expires_at - c.refreshed_at)::float8 AS seconds
        FROM connection c JOIN connection_secret s ON s.connection_id = c.id
       WHERE c.id = ${connectionId} AND s.field = 'access_token'`.execute(at.system);
    return rows.rows[0]?.seconds ?? null;
  }

  for (const kind of ['rest', 'mcp'] as const) {
    for (const { says, keptSeconds: kept, exchangesMax } of sayings) {
      it(`${kind}: ${JSON.stringify(says)}`, async () => {
        const place = await refreshed(kind, says);
        assert.equal(await keptSeconds(place), kept);
        const calls = () => Promise.all(Array.from({ length: 5 }, () => tokenOf(place)));
        // For any number of calls: a token that was just made is used, whatever the server says about its lifetime.
        for (const token of await calls()) assert.ok(await at.works(place, token));
        assert.equal(wire.spent.length, 1);
        // And it is not refreshed again and again without need.
        for (let step = 0; step < steps; step++) {
          await advance();
          await node.round();
        }
        assert.equal(wire.spent.length, 1);
        // And calls bring about one refresh each time that it has ended, at the most.
        for (let step = 0; step < steps; step++) {
          await advance();
          await calls();
        }
        assert.ok(wire.spent.length <= exchangesMax, `${wire.spent.length} exchanges`);
        assert.ok(await at.works(place, await tokenOf(place)));
        assert.equal((await at.row(place)).status, 'active');
      });
    }

    it(`${kind}: 0, from a server that means it, needs a person once and is no loop`, async () => {
      const place = await refreshed(kind, 0);
      const token = await tokenOf(place);
      if (kind === 'rest') await at.control.expireAccess({ botId: place.botId });
      else await at.control.expireMcpAccess({ grantId: place.grantId });
      const report = () => node.tokens.reportUnauthorized(place.workspaceId, place.connectionId, token);
      for (const _call of [1, 2, 3]) assert.equal(await report(), 'ended');
      await node.round();
      assert.equal(wire.spent.length, 1);
      assert.deepEqual(
        [(await at.row(place)).status, (await at.row(place)).status_reason],
        ['needs_reauth', 'new_token_refused'],
      );
      const told = (await at.log(place)).filter(entry => entry.operation === 'connection.needs_reauth');
      assert.equal(told.length, 1);
    });
  }
});
