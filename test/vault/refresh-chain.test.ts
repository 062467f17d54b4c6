import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { connectMcp } from '../connect/connected-mcp.ts';
import { startConnecting } from '../connect/connecting.ts';
import { startIndependentServer } from '../connect/independent-server.ts';
import { endOfLife } from './end-of-life.ts';
import { startRefreshing } from './refreshing.ts';
import type { Refreshing } from './refreshing-on.ts';
import { reuses, rotating } from './rotation-modes.ts';

const links = 5;

describe('refreshing again and again', () => {
  let at: Refreshing;
  before(async () => {
    at = await startRefreshing();
  });
  after(() => at.close());

  for (const kind of ['rest', 'mcp'] as const) {
    for (const reuse of reuses) {
      for (const revokeOldAccess of [true, false]) {
        const fate = revokeOldAccess ? 'ends' : 'outlives';
        it(`${kind}, ${reuse}, where a refresh ${fate} the old access token`, async () => {
          await at.control.settings(rotating(reuse, { revokeOldAccess }));
          const place = await at.aConnection({ kind });
          const { tokens } = at.first;
          const had: string[] = [];
          for (let link = 0; link <= links; link++) {
            const { token } = await tokens.accessToken(place.workspaceId, place.connectionId);
            had.push(token);
            assert.ok(await at.works(place, token));
            assert.equal(await at.works(place, had[0] ?? ''), link === 0 || !revokeOldAccess);
            await endOfLife(at, place);
            tokens.forget(place.workspaceId, place.connectionId);
          }
          assert.equal(new Set(had).size, links + 1);
          assert.equal(await at.exchanges(), links);
          const { status, generation, unanswered } = await at.row(place);
          assert.deepEqual([status, generation, unanswered], ['active', links + 1, 0]);
          const told = (await at.log(place)).map(entry => entry.operation);
          assert.deepEqual(told, Array(links).fill(['connection.refresh_started', 'connection.refreshed']).flat());
        });
      }
    }
  }

  it('mcp, against an authorization server of somebody else that takes every reuse for a theft', async () => {
    const server = await startIndependentServer();
    const connecting = await startConnecting({ notion: { mcpUrl: server.mcpUrl } });
    try {
      const connection = await connectMcp(connecting, server.consent);
      server.asked.length = 0;
      const had = new Set<string>();
      for (let link = 0; link <= links; link++) {
        const token = await connection.token();
        had.add(token);
        assert.ok(await server.opens(token));
        await endOfLife({ system: connecting.database.system }, connection);
        connecting.tokens.forget(connection.workspaceId, connection.connectionId);
      }
      assert.deepEqual([had.size, server.asked.length], [links + 1, links]);
    } finally {
      await connecting.close();
      await server.close();
    }
  });
});
