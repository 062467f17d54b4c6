import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { sql } from 'kysely';
import type { ConnectionId } from '../../src/domain/ids.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { RefreshAnswer } from '../../src/domain/token-outcomes.ts';
import type { RefreshExchange } from '../../src/vault/refresh/refresh-parts.ts';
import { startRefreshing } from './refreshing.ts';
import type { Connected, Refreshing } from './refreshing-on.ts';

describe('refreshing a token', () => {
  let at: Refreshing;
  before(async () => {
    at = await startRefreshing();
  });
  after(() => at.close());
  beforeEach(() => at.control.clearRequests());
  afterEach(async () => {
    await at.control.clearFaults();
    await at.control.settings({ rotation: { reuse: 'strict', revokeOldAccess: true } });
  });

  const tokenOf = async ({ workspaceId, connectionId }: Connected, node = at.first) =>
    (await node.tokens.accessToken(workspaceId, connectionId)).token;
  const report = ({ workspaceId, connectionId }: Connected, refused: string, node = at.first) =>
    node.tokens.reportUnauthorized(workspaceId, connectionId, refused);
  const works = async (token: string) => (await at.control.tokenOwner({ token })) !== null;
  const names = async (place: Connected) => (await at.log(place)).map(entry => entry.operation);

  /** A round looks after every connection: those of earlier tests as well. */
  const started = async (place: Connected) =>
    (await names(place)).filter(name => name === 'connection.refresh_started').length;

  describe('that has ended', () => {
    it('gives the caller a new one, and the log both ends of it', async () => {
      const connection = await at.aConnection({ lifetimeSeconds: -1 });
      assert.ok(await works(await tokenOf(connection)));
      assert.equal(await at.exchanges(), 1);
      const row = await at.row(connection);
      assert.deepEqual([row.status, row.generation, row.attempt_id], ['active', 2, null]);
      assert.deepEqual(await names(connection), ['connection.refresh_started', 'connection.refreshed']);
      const [started, refreshed] = await at.log(connection);
      assert.equal(started?.detail.attempt, refreshed?.detail.attempt);
      assert.deepEqual(await at.first.spool.names(), []);
    });

    it('C4: refreshes once for fifty callers', async () => {
      const connection = await at.aConnection({ lifetimeSeconds: -1 });
      const tokens = await Promise.all(Array.from({ length: 50 }, () => tokenOf(connection)));
      assert.equal(new Set(tokens).size, 1);
      assert.equal(await at.exchanges(), 1);
    });

    it('moves no policy revision: calls under way need no new decision', async () => {
      const connection = await at.aConnection({ lifetimeSeconds: -1 });
      const revision = async () => {
        const workspace = at.system.selectFrom('workspace').select('policy_revision');
        return (await workspace.where('id', '=', connection.workspaceId).executeTakeFirstOrThrow()).policy_revision;
      };
      const before = await revision();
      await tokenOf(connection);
      assert.equal(await revision(), before);
    });

    it('keeps the refresh token where the server gives no new one (RFC 6749 section 6)', async () => {
      const node = await at.aNode({
        exchange: answering({ said: 'granted', tokens: { accessToken: new Secret('a2'), refreshToken: null } }),
      });
      const connection = await at.aConnection({ lifetimeSeconds: -1 });
      assert.equal(await tokenOf(connection, node), 'a2');
      const secrets = await at.system
        .selectFrom('connection_secret')
        .select(['field', 'generation'])
        .orderBy('field')
        .where('connection_id', '=', connection.connectionId)
        .execute();
      assert.deepEqual(secrets, [
        { field: 'access_token', generation: 2 },
        { field: 'refresh_token', generation: 2 },
      ]);
    });
  });

  describe('that Notion refuses', () => {
    it('asks once whether it is dead, refreshes once, and has a new one for everybody', async () => {
      const connection = await at.aConnection();
      const old = await tokenOf(connection);
      await at.control.expireAccess({ botId: connection.botId });
      assert.deepEqual(
        new Set(await Promise.all(Array.from({ length: 20 }, () => report(connection, old)))),
        new Set(['usable']),
      );
      assert.ok(await works(await tokenOf(connection)));
      assert.deepEqual([await at.introspections(), await at.exchanges()], [1, 1]);
      // A call that was slow to fail asks about the old token when there is a new one already.
      assert.equal(await report(connection, old), 'usable');
      assert.deepEqual([await at.introspections(), await at.exchanges()], [1, 1]);
    });

    it('B1: needs a person when the grant is over, says so once, and never asks again', async () => {
      const connection = await at.aConnection();
      await at.control.revoke({ botId: connection.botId });
      const refused = await tokenOf(connection);
      for (const _call of [1, 2]) assert.equal(await report(connection, refused), 'ended');
      const row = await at.row(connection);
      assert.deepEqual([row.status, row.status_reason], ['needs_reauth', 'invalid_grant']);
      assert.deepEqual((await names(connection)).sort(), [
        'connection.needs_reauth',
        'connection.refresh_started',
        'workspace_deauthorized',
      ]);
      await assert.rejects(tokenOf(connection), { code: 'connection_needs_reauth' });
      await at.first.round();
      assert.equal(await at.exchanges(), 1);
    });

    it('needs a person when a token that was just refreshed is refused as well', async () => {
      const connection = await at.aConnection();
      const old = await tokenOf(connection);
      await at.control.expireAccess({ botId: connection.botId });
      assert.equal(await report(connection, old), 'usable');
      const young = await tokenOf(connection);
      await at.control.expireAccess({ botId: connection.botId });
      assert.equal(await report(connection, young), 'ended');
      assert.equal((await at.row(connection)).status_reason, 'new_token_refused');
      assert.equal(await at.exchanges(), 1);
    });

    it('refreshes without asking where there is nobody to ask', async () => {
      const node = await at.aNode({ check: async () => 'unaskable' });
      const connection = await at.aConnection();
      assert.equal(await report(connection, await tokenOf(connection, node), node), 'usable');
      assert.deepEqual([await at.introspections(), await at.exchanges()], [0, 1]);
      // Only a 401 is a reason: the look that is taken once an hour is none.
      assert.equal(await node.tokens.check(connection.workspaceId, connection.connectionId), 'postponed');
      assert.equal(await at.exchanges(), 1);
    });

    it('needs a person when there is no refresh token', async () => {
      const connection = await at.aConnection();
      await at.system
        .deleteFrom('connection_secret')
        .where('connection_id', '=', connection.connectionId)
        .where('field', '=', 'refresh_token')
        .execute();
      await at.control.expireAccess({ botId: connection.botId });
      assert.equal(await report(connection, await tokenOf(connection)), 'ended');
      assert.deepEqual([(await at.row(connection)).status, await at.exchanges()], ['needs_reauth', 0]);
    });
  });

  describe('B4: trouble that passes', () => {
    const troubles = [
      { kind: 'respond', status: 500 },
      { kind: 'respond', status: 503, when: 'after' },
      { kind: 'respond', status: 529 },
      { kind: 'respond', status: 429, retryAfterSeconds: 7 },
      { kind: 'reset' },
      { kind: 'truncate' },
    ] as const;
    for (const trouble of troubles) {
      it(`${trouble.kind} ${'status' in trouble ? trouble.status : ''} never ends a connection`, async () => {
        await at.control.settings({ rotation: { reuse: 'previous_once', revokeOldAccess: true } });
        const connection = await at.aConnection({ lifetimeSeconds: -1 });
        await at.control.addFault({ ...trouble, path: '/v1/oauth/token' });
        const failure = await tokenOf(connection).then(
          () => null,
          (error: unknown) => error as { code: string; details: { retryAfterSeconds: number } },
        );
        assert.equal(failure?.code, 'upstream_unavailable');
        const least = 'retryAfterSeconds' in trouble ? 7 : 1;
        assert.ok((failure?.details.retryAfterSeconds ?? 0) >= least);
        assert.equal((await at.row(connection)).status, 'active');
        // A server in trouble does not get a flood of requests.
        await assert.rejects(tokenOf(connection), { code: 'upstream_unavailable' });
        assert.equal(await at.exchanges(), 1);
        await at.skipWaiting(connection);
        assert.ok(await works(await tokenOf(connection)));
      });
    }

    it('an exchange that hangs ends before the lease does', async () => {
      const node = await at.aNode(
        { exchange: { refresh: () => new Promise(() => {}) } },
        { timings: { exchangeMs: 30 } },
      );
      const connection = await at.aConnection({ lifetimeSeconds: -1 });
      await assert.rejects(tokenOf(connection, node), { code: 'upstream_unavailable' });
      const row = await at.row(connection);
      assert.deepEqual([row.status, row.unanswered], ['active', 1]);
    });

    it('B3: answers that are none leave the connection as it is', async () => {
      const throwing: RefreshExchange = { refresh: () => Promise.reject(new Error('no JSON')) };
      const refusingOurClient = answering({ said: 'app_refused', problem: 'invalid_client' });
      for (const [exchange, code] of [
        [throwing, 'upstream_unavailable'],
        [refusingOurClient, 'app_refused'],
      ] as const) {
        const connection = await at.aConnection({ lifetimeSeconds: -1 });
        await assert.rejects(tokenOf(connection, await at.aNode({ exchange })), { code });
        assert.equal((await at.row(connection)).status, 'active');
      }
    });

    it('our client being unknown to the server is a state of its own', async () => {
      const node = await at.aNode({ exchange: answering({ said: 'client_refused', problem: 'invalid_client' }) });
      const connection = await at.aConnection({ lifetimeSeconds: -1 });
      await assert.rejects(tokenOf(connection, node), { code: 'connection_needs_reauth' });
      assert.equal((await at.row(connection)).status, 'needs_reregister');
      assert.ok((await names(connection)).includes('connection.needs_reregister'));
    });
  });

  describe('early', () => {
    it('refreshes a token that will end soon, and nobody waits for it', async () => {
      const connection = await at.aConnection({ lifetimeSeconds: 3_600 });
      await sql`UPDATE connection SET authorized_at = now() - interval '1 hour', last_used_at = now() WHERE id = ${connection.connectionId}`.execute(
        at.system,
      );
      const old = await tokenOf(connection);
      await at.endsIn(connection, 60);
      at.first.tokens.forget(connection.workspaceId, connection.connectionId);
      assert.equal(await tokenOf(connection), old);
      assert.equal(await tokenOf(connection), old);
      await at.first.renew(connection, 1);
      assert.notEqual(await tokenOf(connection), old);
      assert.equal(await at.exchanges(), 1);
    });

    it('goes on with a token that still works when a refresh fails', async () => {
      const connection = await at.aConnection({ lifetimeSeconds: 120 });
      await sql`UPDATE connection SET authorized_at = now() - interval '1 hour', last_used_at = now() WHERE id = ${connection.connectionId}`.execute(
        at.system,
      );
      await at.control.addFault({ kind: 'respond', status: 503, path: '/v1/oauth/token', times: 9 });
      const old = await tokenOf(connection);
      await at.first.round();
      assert.equal(await started(connection), 1);
      assert.equal(await tokenOf(connection), old);
      // The answer was lost: until the access token ends, the refresh token is not risked again.
      await at.skipWaiting(connection);
      await at.first.round();
      assert.equal(await tokenOf(connection), old);
      assert.equal(await started(connection), 1);
    });

    it('happens in rounds for connections that nobody calls through just now', async () => {
      const connection = await at.aConnection({ lifetimeSeconds: 30 });
      await sql`UPDATE connection SET authorized_at = now() - interval '1 hour', last_used_at = now() WHERE id = ${connection.connectionId}`.execute(
        at.system,
      );
      await at.first.round();
      assert.equal((await at.row(connection)).generation, 2);
    });

    it('leaves a token alone that nobody used, and keeps its grant alive all the same', async () => {
      const connection = await at.aConnection({ lifetimeSeconds: 30 });
      const madeDaysAgo = (days: number) =>
        sql`UPDATE connection SET authorized_at = now() - ${days} * interval '1 day' WHERE id = ${connection.connectionId}`.execute(
          at.system,
        );
      await madeDaysAgo(9);
      for (const endedSecondsAgo of [0, 8 * 86_400]) {
        await at.endsIn(connection, -endedSecondsAgo);
        await at.first.round();
        assert.equal((await at.row(connection)).generation, 1);
      }
      await madeDaysAgo(11);
      await at.endsIn(connection, -10.5 * 86_400);
      await at.first.round();
      assert.equal((await at.row(connection)).generation, 2);
    });

    it('comes to every connection, however many are due', async () => {
      const ids: ConnectionId[] = [];
      while (ids.length < 45) {
        const connection = await at.aConnection({ lifetimeSeconds: 30 });
        // Installations of their own, although there are few people at the emulator.
        await sql`UPDATE connection SET bot_id = gen_random_uuid(), authorized_at = now() - interval '1 hour', last_used_at = now()
                   WHERE id = ${connection.connectionId}`.execute(at.system);
        ids.push(connection.connectionId);
      }
      const node = await at.aNode({ exchange: answering({ said: 'turned_away', problem: 'busy' }) });
      await node.round();
      const tried = at.system.selectFrom('connection').select('id').where('id', 'in', ids);
      assert.equal((await tried.where('refresh_failures', '=', 1).execute()).length, ids.length);
    });
  });

  describe('a token that lives for less than a minute', () => {
    const living = (seconds: number) => {
      let made = 0;
      const exchange: RefreshExchange = {
        async refresh() {
          const [accessToken, refreshToken] = [new Secret(`a${++made}`), new Secret('r')];
          return { said: 'granted', tokens: { accessToken, refreshToken, lifetimeSeconds: seconds } };
        },
      };
      return { exchange, made: () => made };
    };
    const madeAgo = (connection: Connected, seconds: number) =>
      sql`UPDATE connection SET refreshed_at = now() - make_interval(secs => ${seconds}) WHERE id = ${connection.connectionId}`.execute(
        at.system,
      );

    it('is refreshed when it has ended, however short the time since the last refresh', async () => {
      const { exchange, made } = living(5);
      const node = await at.aNode({ exchange });
      const connection = await at.aConnection({ lifetimeSeconds: -1 });
      assert.equal(await tokenOf(connection, node), 'a1');
      assert.equal(await tokenOf(connection, node), 'a1');
      // Four of its five seconds are over.
      await madeAgo(connection, 4);
      await at.endsIn(connection, 1);
      node.tokens.forget(connection.workspaceId, connection.connectionId);
      assert.equal(await tokenOf(connection, node), 'a2');
      assert.equal(made(), 2);
    });

    it('is refreshed after a 401 that came when it had ended', async () => {
      const { exchange, made } = living(5);
      const node = await at.aNode({ exchange, check: async () => 'unaskable' });
      const connection = await at.aConnection({ lifetimeSeconds: -1 });
      const token = await tokenOf(connection, node);
      await madeAgo(connection, 6);
      await at.endsIn(connection, -1);
      const { workspaceId, connectionId } = connection;
      assert.equal(await node.tokens.reportUnauthorized(workspaceId, connectionId, token), 'usable');
      assert.deepEqual([made(), (await at.row(connection)).status], [2, 'active']);
    });

    it('B14: needs a person when Notion refuses it before its end, or when it ends as it is made', async () => {
      for (const lifetime of [5, 0]) {
        const node = await at.aNode({ exchange: living(lifetime).exchange, check: async () => 'unaskable' });
        const connection = await at.aConnection({ lifetimeSeconds: -1 });
        const { workspaceId, connectionId } = connection;
        const token = await tokenOf(connection, node);
        assert.equal(await node.tokens.reportUnauthorized(workspaceId, connectionId, token), 'ended');
        assert.equal((await at.row(connection)).status, 'needs_reauth');
      }
    });
  });

  describe('B14: expires_in', () => {
    for (const seconds of [0, null, 3_600]) {
      it(`${seconds}: is used, and not refreshed in a loop`, async () => {
        let exchanges = 0;
        const exchange: RefreshExchange = {
          async refresh() {
            exchanges++;
            const tokens = {
              accessToken: new Secret(`a${exchanges}`),
              refreshToken: new Secret('r'),
              lifetimeSeconds: seconds,
            };
            return { said: 'granted', tokens };
          },
        };
        const node = await at.aNode({ exchange });
        const connection = await at.aConnection({ lifetimeSeconds: -1 });
        for (let calls = 0; calls < 5; calls++) assert.equal(await tokenOf(connection, node), 'a1');
        assert.equal(exchanges, 1);
      });
    }
  });
});

function answering(outcome: RefreshAnswer): RefreshExchange {
  return { refresh: async () => outcome };
}
