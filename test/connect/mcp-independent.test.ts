import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type ConnectedMcp, connectMcp } from './connected-mcp.ts';
import { type ConnectingIndependently, startIndependently } from './connecting-independently.ts';

describe('hosted MCP with an authorization server of somebody else', () => {
  let independently: ConnectingIndependently;
  let server: ConnectingIndependently['server'];
  let connection: ConnectedMcp;
  before(async () => {
    independently = await startIndependently();
    ({ server } = independently);
  });
  beforeEach(async () => {
    await independently.startOver();
    connection = await connectMcp(independently.at, server.consent);
    server.asked.length = 0;
  });
  after(() => independently.close());

  it('connects, and refreshes once for two hundred callers', async () => {
    const old = await connection.token();
    assert.ok(await server.opens(old));
    await connection.expire();
    const tokens = new Set(await Promise.all(Array.from({ length: 200 }, connection.token)));
    const [fresh = ''] = tokens;
    assert.deepEqual([tokens.size, server.asked.length], [1, 1]);
    assert.ok(fresh !== old && (await server.opens(fresh)));
  });

  it('B20: needs a person once when the answer was lost and the resend is taken for reuse', async () => {
    const old = await connection.token();
    await connection.expire();
    server.faults.loseNextAnswer = true;
    for (const _call of [1, 2, 3]) await assert.rejects(connection.token(), { code: 'upstream_unavailable' });
    assert.equal(server.asked.length, 1);
    await connection.skipWaiting();
    for (const _call of [1, 2, 3]) await assert.rejects(connection.token(), { code: 'connection_needs_reauth' });
    const { status, status_reason } = await connection.row();
    assert.deepEqual([status, status_reason], ['needs_reauth', 'invalid_grant_after_lost_answer']);
    assert.equal(server.asked.length, 2);
    assert.equal(connection.entries().filter(name => name === 'connection.needs_reauth').length, 1);
    // The whole grant is over, as the server does it.
    assert.equal(await server.opens(old), false);
  });
});
