import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Secret } from '../../src/domain/secret.ts';
import { type ConnectedMcp, connectMcp } from './connected-mcp.ts';
import { type Connecting, startConnecting } from './connecting.ts';

describe('refreshing a hosted MCP connection', () => {
  let at: Connecting;
  let connection: ConnectedMcp;
  beforeEach(async () => {
    at = await startConnecting();
    connection = await connectMcp(at);
    await at.control.clearRequests();
  });
  afterEach(() => at.close());

  const exchanges = async () =>
    (await at.control.requests()).filter(({ path, method }) => path === '/token' && method === 'POST').length;
  const opens = async (token: string) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    return (await fetch(`${at.emulator.url}/mcp`, { method: 'POST', headers, body: '{}' })).status !== 401;
  };
  const ends = () => connection.entries().filter(name => name === 'connection.needs_reauth').length;

  it('C4: refreshes once for fifty callers when the access token has ended', async () => {
    const old = await connection.token();
    await connection.expire();
    const tokens = new Set(await Promise.all(Array.from({ length: 50 }, connection.token)));
    const [fresh = ''] = tokens;
    assert.deepEqual([tokens.size, await exchanges()], [1, 1]);
    assert.notEqual(fresh, old);
    assert.ok(await opens(fresh));
    const { status, generation } = await connection.row();
    assert.deepEqual([status, generation], ['active', 2]);
  });

  it('C4: refreshes once for fifty callers whose token the server has refused', async () => {
    const old = await connection.token();
    const [grant] = await at.control.mcpGrants({});
    await at.control.expireMcpAccess({ grantId: grant?.id ?? '' });
    assert.equal(await opens(old), false);
    const reports = await Promise.all(Array.from({ length: 50 }, () => connection.report(old)));
    assert.deepEqual([...new Set(reports)], ['usable']);
    assert.ok(await opens(await connection.token()));
    assert.equal(await exchanges(), 1);
  });

  it('notes the lifetime that the server says of the new token', async () => {
    await at.control.settings({
      mcpRotation: { reuse: 'revoke_family', revokeOldAccess: true },
      mcpAccessSeconds: 120,
    });
    await connection.expire();
    assert.ok(await opens(await connection.token()));
    const query = at.database.system.selectFrom('connection_secret').select('expires_at');
    const { expires_at } = await query.where('field', '=', 'access_token').executeTakeFirstOrThrow();
    const secondsLeft = ((expires_at?.getTime() ?? 0) - Date.now()) / 1_000;
    assert.ok(secondsLeft > 60 && secondsLeft <= 121, `${secondsLeft}`);
  });

  const losses = [
    { kind: 'reset', when: 'after' },
    { kind: 'respond', status: 503, when: 'after' },
  ] as const;
  for (const loss of losses) {
    const lost = loss.kind === 'reset' ? 'a lost answer' : 'a 503 after the rotation';

    it(`B20: ${lost} is not followed by another request until the wait is over, for any caller`, async () => {
      await connection.expire();
      await at.control.addFault({ ...loss, path: '/token' });
      for (const _call of [1, 2, 3]) await assert.rejects(connection.token(), { code: 'upstream_unavailable' });
      assert.equal(await exchanges(), 1);
      const { status, unanswered } = await connection.row();
      assert.deepEqual([status, unanswered], ['active', 1]);
    });

    it(`${lost} costs nothing where the token before the newest still works`, async () => {
      await at.control.settings({ mcpRotation: { reuse: 'previous_once', revokeOldAccess: true } });
      await connection.expire();
      await at.control.addFault({ ...loss, path: '/token' });
      await assert.rejects(connection.token(), { code: 'upstream_unavailable' });
      await connection.skipWaiting();
      assert.ok(await opens(await connection.token()));
      assert.equal(await exchanges(), 2);
      assert.equal((await connection.row()).unanswered, 0);
    });

    for (const reuse of ['revoke_family', 'strict'] as const) {
      it(`B20: ${lost} ends a connection once, with one resend, where reuse is answered with ${reuse}`, async () => {
        await at.control.settings({ mcpRotation: { reuse, revokeOldAccess: true } });
        await connection.expire();
        await at.control.addFault({ ...loss, path: '/token' });
        await assert.rejects(connection.token(), { code: 'upstream_unavailable' });
        await connection.skipWaiting();
        for (const _call of [1, 2, 3]) await assert.rejects(connection.token(), { code: 'connection_needs_reauth' });
        const { status, status_reason } = await connection.row();
        assert.deepEqual([status, status_reason], ['needs_reauth', 'invalid_grant_after_lost_answer']);
        assert.deepEqual([await exchanges(), ends()], [2, 1]);
      });
    }
  }

  it('waits as long as a 429 asks for, and has spent nothing', async () => {
    await at.control.settings({ mcpRotation: { reuse: 'revoke_family', revokeOldAccess: true } });
    await connection.expire();
    await at.control.addFault({ kind: 'respond', status: 429, retryAfterSeconds: 9, path: '/token' });
    const refused = await connection.token().catch(error => error as { details: { retryAfterSeconds: number } });
    assert.ok(typeof refused === 'object' && refused.details.retryAfterSeconds >= 9);
    assert.equal((await connection.row()).unanswered, 0);
    await connection.skipWaiting();
    assert.ok(await opens(await connection.token()));
  });

  it('B1: needs a person when the grant is over, says so once, and never asks again', async () => {
    const old = await connection.token();
    const [grant] = await at.control.mcpGrants({});
    await at.control.revokeMcp({ grantId: grant?.id ?? '' });
    const reports = await Promise.all(Array.from({ length: 20 }, () => connection.report(old)));
    assert.deepEqual([...new Set(reports)], ['ended']);
    for (const _call of [1, 2, 3]) await assert.rejects(connection.token(), { code: 'connection_needs_reauth' });
    const { status, status_reason } = await connection.row();
    assert.deepEqual([status, status_reason], ['needs_reauth', 'invalid_grant']);
    assert.deepEqual([await exchanges(), ends()], [1, 1]);
  });

  it('B17: needs a new registration when the server has forgotten the client, and gets it by reconnecting', async () => {
    const forgotten = await connection.clientId();
    await at.control.forgetMcpClient({ clientId: forgotten });
    await connection.expire();
    for (const _call of [1, 2, 3]) await assert.rejects(connection.token(), { code: 'connection_needs_reauth' });
    assert.equal((await connection.row()).status, 'needs_reregister');
    assert.equal(await exchanges(), 1);
    assert.equal(connection.entries().filter(name => name === 'connection.needs_reregister').length, 1);
    const { browser, workspaceId } = connection;
    const shown = await browser.get(`/auth/notion-mcp?workspace=${workspaceId}`);
    const again = new URL(shown.location);
    assert.notEqual(again.searchParams.get('client_id'), forgotten);
    await browser.answer(await browser.get(await browser.consent(again)));
    assert.equal((await connection.row()).status, 'active');
    assert.ok(await opens(await connection.token()));
  });

  describe('that somebody gave up on', () => {
    const place = async () => {
      const { workspaceId, connectionId } = connection;
      const { kind, origin, bot_id: botId, registration_id: registrationId } = await connection.row();
      return { workspaceId, connectionId, kind, origin, botId, registrationId };
    };
    const token = new Secret('user:grant:anything');

    it('sends nothing any more', async () => {
      const outcome = await at.hosted.refresh(await place(), token, AbortSignal.abort());
      assert.deepEqual(outcome, { said: 'turned_away', problem: 'too_late' });
      assert.equal(await exchanges(), 0);
    });

    it('waits for no answer any more, and takes the token for spent', async () => {
      await at.control.addFault({ kind: 'stall', path: '/token' });
      const outcome = await at.hosted.refresh(await place(), token, AbortSignal.timeout(500));
      assert.deepEqual(outcome, { said: 'unclear', problem: 'unreachable' });
      await at.control.release({});
    });
  });
});
