/** Refreshing, attacked between any two of its steps: what was waited for came late, twice, elsewhere, or not at all. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { sql } from 'kysely';
import { newId } from '../../src/domain/ids.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { RefreshAnswer } from '../../src/domain/token-outcomes.ts';
import { hourMs, minuteMs } from '../../src/domain/units.ts';
import { UnopenableError } from '../../src/domain/unopenable-error.ts';
import { createUndecryptableConnections } from '../../src/store/rotation/undecryptable-connections.ts';
import type { FailPointName, RefreshExchange } from '../../src/vault/refresh/refresh-parts.ts';
import { until } from '../until.ts';
import type { Node } from './node.ts';
import { startRefreshing } from './refreshing.ts';
import type { Connected, Refreshing } from './refreshing-on.ts';

const refused: RefreshAnswer = { said: 'grant_refused', problem: 'invalid_grant' };
const busy: RefreshAnswer = { said: 'turned_away', problem: 'busy', retryAfterSeconds: 60 };
const granted: RefreshAnswer = {
  said: 'granted',
  tokens: { accessToken: new Secret('late'), refreshToken: new Secret('late too') },
};

describe('refreshing a token, between two steps', () => {
  let at: Refreshing;
  before(async () => {
    at = await startRefreshing();
  });
  after(() => at.close());
  beforeEach(() => at.control.clearRequests());
  const nodes: Node[] = [];
  /** Its connections to the database end with the test. */
  const aNode: Refreshing['aNode'] = async (...given) => {
    const node = await at.aNode(...given);
    nodes.push(node);
    return node;
  };
  afterEach(() => Promise.all(nodes.splice(0).map(node => node.close())));

  const tokenOf = async ({ workspaceId, connectionId }: Connected, node = at.first) =>
    (await node.tokens.accessToken(workspaceId, connectionId)).token;
  const connection = (place: Connected) => at.system.updateTable('connection').where('id', '=', place.connectionId);
  const generationOf = async (place: Connected) => (await at.row(place)).generation;
  const inAnHour = sql<Date>`now() + interval '1 hour'`;

  /** A connection whose only refresher ended at this point. */
  async function diedAt(point: FailPointName): Promise<Connected> {
    const place = await at.aConnection({ lifetimeSeconds: -1 });
    const dying = await aNode({
      failPoint(name) {
        if (name === point) throw new Error('died');
      },
    });
    await assert.rejects(tokenOf(place, dying), /died/);
    return place;
  }

  describe('a wait that is over', () => {
    it('ends with a look into the own spool, before the token is sent again', async () => {
      const place = await diedAt('spooled');
      await connection(place).set({ status: 'suspect' }).execute();
      await at.skipWaiting(place);
      assert.ok(await at.works(place, await tokenOf(place, await aNode())));
      assert.equal(await at.exchanges(), 1);
    });

    for (const [name, outcome, given, status] of [
      ['a refusal', refused, 'ended', 'needs_reauth'],
      ['a delay', busy, 'postponed', 'active'],
    ] as const) {
      it(`is ended by the owner who comes back with ${name}`, async () => {
        const place = await at.aConnection({ lifetimeSeconds: -1 });
        const exchange: RefreshExchange = {
          async refresh() {
            await connection(place).set({ status: 'suspect' }).execute();
            return outcome;
          },
        };
        const slow = await aNode({ exchange });
        assert.equal((await slow.renew(place, 1)).given, given);
        assert.equal((await at.row(place)).status, status);
      });
    }
  });

  for (const [name, outcome] of [
    ['is refused', refused],
    ['gets tokens', granted],
    ['is put off', busy],
  ] as const) {
    it(`an attempt that ${name} when another has taken its place waits for that one`, async () => {
      const place = await at.aConnection({ lifetimeSeconds: -1 });
      const told = Promise.withResolvers<void>();
      const successor = await aNode(
        { failPoint: point => (point === 'answered' ? told.promise : undefined) },
        { timings: { graceMs: 1 } },
      );
      let succeeding: Promise<unknown> | undefined;
      const exchange: RefreshExchange = {
        async refresh() {
          const { attempt_id: own } = await at.row(place);
          await at.skipWaiting(place);
          succeeding = successor.renew(place, 1);
          await until('another has the lease', async () => {
            const { status, attempt_id } = await at.row(place);
            return status === 'refreshing' && attempt_id !== own;
          });
          return outcome;
        },
      };
      const telling =
        <A extends unknown[], T>(store: (...args: A) => Promise<T>) =>
        (...args: A) =>
          store(...args).finally(told.resolve);
      const late = await aNode({
        exchange,
        refreshes: real => ({
          ...real,
          refuse: telling(real.refuse),
          complete: telling(real.complete),
          postpone: telling(real.postpone),
        }),
      });
      assert.ok(await at.works(place, await tokenOf(place, late)));
      await succeeding;
      assert.equal(await generationOf(place), 3);
    });
  }

  it('keeps the spool of a connection that became undecryptable meanwhile, and applies it when that opens again', async () => {
    const place = await diedAt('spooled');
    const broken = sql`UPDATE connection_secret SET sealed = sealed || 'A' WHERE connection_id = ${place.connectionId}`;
    await broken.execute(at.system);
    await connection(place).set({ status: 'suspect' }).execute();
    await at.skipWaiting(place);
    const elsewhere = await aNode({}, { dataDir: `${at.directory}/elsewhere` });
    await assert.rejects(tokenOf(place, elsewhere), { code: 'connection_undecryptable' });
    assert.equal(await at.first.replay(), 0);
    assert.equal((await at.first.spool.names(place.connectionId)).length, 1);

    await sql`UPDATE connection_secret SET sealed = left(sealed, -1) WHERE connection_id = ${place.connectionId}`.execute(
      at.system,
    );
    const secrets = await at.system
      .selectFrom('connection_secret')
      .select(['field', 'sealed', 'kid'])
      .where('connection_id', '=', place.connectionId)
      .execute();
    const values = secrets.map(({ field, sealed, kid }) => {
      return { key: { field }, workspaceId: place.workspaceId, binding: {}, sealed, kid };
    });
    const repair = createUndecryptableConnections(at.first.database, {
      instance: () => newId('ins'),
      now: () => new Date(),
    });
    assert.ok(await repair.reopen({ ...place, generation: 1, values }));
    assert.ok(await at.works(place, await tokenOf(place)));
    assert.deepEqual([await at.exchanges(), await at.first.spool.names(place.connectionId)], [1, []]);
  });

  describe('a database connection that breaks', () => {
    /** The first time, the answer is lost on its way back. */
    function losingAnswer<A extends unknown[], T>(store: (...args: A) => Promise<T>, when: 'before' | 'after') {
      let lost = false;
      return async (...args: A) => {
        const first = !lost;
        lost = true;
        if (first && when === 'before') throw new Error('the connection broke');
        const done = await store(...args);
        if (first) throw new Error('the connection broke');
        return done;
      };
    }

    it('over the lease costs a call, and nobody waits for the end of that lease', async () => {
      const place = await at.aConnection({ lifetimeSeconds: -1 });
      const node = await aNode({
        refreshes: real => ({ ...real, begin: losingAnswer(real.begin, 'after') }),
      });
      await assert.rejects(tokenOf(place, node), /the connection broke/);
      const { status, attempt_id, unanswered } = await at.row(place);
      assert.deepEqual([status, attempt_id, unanswered], ['active', null, 0]);
      assert.ok(await at.works(place, await tokenOf(place, node)));
      assert.equal(await at.exchanges(), 1);
    });

    for (const when of ['before', 'after'] as const) {
      for (const [name, outcome, expected] of [
        ['a refusal', refused, { status: 'needs_reauth', refresh_failures: 0 }],
        ['a delay', busy, { status: 'active', refresh_failures: 1 }],
        ['new tokens', granted, { status: 'active', refresh_failures: 0 }],
      ] as const) {
        it(`${when} ${name} is stored loses nothing: it is stored all the same, once`, async () => {
          const place = await at.aConnection({ lifetimeSeconds: -1 });
          let asked = 0;
          const exchange: RefreshExchange = {
            async refresh() {
              asked += 1;
              return outcome;
            },
          };
          const node = await aNode({
            exchange,
            refreshes: real => ({
              ...real,
              refuse: losingAnswer(real.refuse, when),
              complete: losingAnswer(real.complete, when),
              postpone: losingAnswer(real.postpone, when),
            }),
          });
          await node.renew(place, 1);
          const { status, refresh_failures } = await at.row(place);
          assert.deepEqual({ status, refresh_failures }, expected);
          const told = (await at.log(place)).map(entry => entry.operation);
          assert.deepEqual([asked, new Set(told).size], [1, told.length]);
        });
      }
    }
  });

  for (const found of ['revoked', 'revoking'] as const) {
    it(`revokes what came for a connection that is ${found}, although the spool is full`, async () => {
      const place = await at.aConnection({ lifetimeSeconds: -1 });
      const node = await aNode({
        spool: real => ({ ...real, write: () => Promise.reject(new Error('ENOSPC')) }),
        failPoint: async point => {
          if (point === 'answered') await connection(place).set({ status: found }).execute();
        },
        refreshes: real => ({
          ...real,
          async complete(...args) {
            const completion = await real.complete(...args);
            await connection(place).set({ status: 'revoked' }).execute();
            return completion;
          },
        }),
      });
      await assert.rejects(tokenOf(place, node), { code: 'no_connection' });
      const [discarded] = node.discarded;
      assert.equal(discarded?.botId, place.botId);
      assert.ok(await at.works(place, discarded?.tokens.accessToken.reveal() ?? ''));
    });
  }

  describe('a clock', () => {
    it('that went on while the machine slept counts: the lease is over, and nothing is spent', async context => {
      const place = await at.aConnection({ lifetimeSeconds: -1 });
      context.mock.timers.enable({ apis: ['Date'], now: Date.now() });
      const sleeper = await aNode({
        failPoint(point) {
          if (point === 'leased') context.mock.timers.setTime(Date.now() + 2 * minuteMs);
        },
      });
      await assert.rejects(tokenOf(place, sleeper), { code: 'upstream_unavailable' });
      assert.deepEqual([await at.exchanges(), (await at.row(place)).status], [0, 'active']);
    });

    it('that was put back makes no token good for longer', async () => {
      const place = await at.aConnection();
      let now = Date.now();
      const node = await aNode({ now: () => new Date(now) });
      const old = await tokenOf(place, node);
      assert.equal((await at.first.renew(place, 1)).given, 'usable');
      assert.equal(await tokenOf(place, node), old);
      now -= hourMs;
      assert.ok(await at.works(place, await tokenOf(place, node)));
    });

    for (const [what, waiting] of [
      [
        'a lease',
        { status: 'refreshing', attempt_id: 'att_00000000-0000-7000-8000-000000000000', lease_until: inAnHour },
      ],
      ['a wait', { refresh_after: inAnHour }],
    ] as const) {
      it(`of the database that was put back holds up nobody with ${what} from its future`, async () => {
        const place = await at.aConnection({ lifetimeSeconds: -1 });
        await connection(place).set(waiting).execute();
        const node = await aNode({}, { timings: { graceMs: 1, waitMs: 500 } });
        assert.ok(await at.works(place, await tokenOf(place, node)));
        await connection(place)
          .set({ ...waiting, last_used_at: inAnHour, refreshed_at: null })
          .execute();
        await at.endsIn(place, -1);
        await node.round();
        assert.equal(await generationOf(place), 3);
      });
    }
  });

  it('does not keep a token that was being opened when it was to be forgotten', async () => {
    const place = await at.aConnection();
    const [opening, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const node = await aNode({
      seal: real => ({
        ...real,
        async open(...args) {
          opening.resolve();
          await go.promise;
          return real.open(...args);
        },
      }),
    });
    const early = tokenOf(place, node);
    await opening.promise;
    await at.first.renew(place, 1);
    node.tokens.forget(place.workspaceId, place.connectionId);
    const late = tokenOf(place, node);
    go.resolve();
    assert.ok(await at.works(place, await late));
    await early;
    assert.ok(await at.works(place, await tokenOf(place, node)));
  });

  for (const [what, trouble] of [
    ['cannot be opened', new UnopenableError('it was altered')],
    ['fails', new Error('the key service is away')],
  ] as const) {
    it(`an early refresh that ${what} is not tried again with each call`, async () => {
      const place = await at.aConnection({ lifetimeSeconds: 60 });
      const anHourAgo = sql<Date>`now() - interval '1 hour'`;
      await connection(place).set({ authorized_at: anHourAgo, last_used_at: inAnHour }).execute();
      let tries = 0;
      const fixed = new Date();
      const node = await aNode({
        now: () => fixed,
        seal: real => ({
          ...real,
          open(where, token) {
            if (where.field === 'access_token') return real.open(where, token);
            tries += 1;
            return Promise.reject(trouble);
          },
        }),
      });
      for (let calls = 0; calls < 5; calls++) {
        assert.ok(await tokenOf(place, node));
        // The first call opens the token; no call waits for the refresh that the second one begins.
        if (calls > 0) await until('the token to be refreshed', () => tries > 0);
        for (let looks = 0; looks < 10; looks++) await at.row(place);
      }
      assert.equal(tries, 1);
    });
  }
});
