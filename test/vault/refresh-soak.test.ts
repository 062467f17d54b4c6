import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sql } from 'kysely';
import { Secret } from '../../src/domain/secret.ts';
import { minuteMs, secondMs } from '../../src/domain/units.ts';
import type { RefreshExchange } from '../../src/vault/refresh/refresh-exchange.ts';
import type { Node } from './node.ts';
import { startRefreshing } from './refreshing.ts';
import type { Connected } from './refreshing-on.ts';

const days = 10;
const stepMinutes = 30;
const steps = (days * 24 * 60) / stepMinutes;
const lifetimeSeconds = 3_600;

/** A small generator with a seed (mulberry32), so that a failing run can be run again. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** An authorization server with tokens that end: the newest refresh token works, and the one before it once more. */
function aServer(random: () => number, nowMs: () => number) {
  const grants = new Map<string, { current: string; previous: string | null; access: string; endsAt: number }>();
  const spent: string[] = [];
  let issued = 0;
  const exchange: RefreshExchange = {
    async refresh({ connectionId }, refreshToken) {
      const grant = grants.get(connectionId);
      const token = refreshToken.reveal();
      const fault = random();
      if (fault < 0.05) return { kind: 'transient', answered: true, problem: 'status_429' };
      if (grant === undefined || (token !== grant.current && token !== grant.previous)) {
        return { kind: 'reauth', problem: 'invalid_grant' };
      }
      issued += 1;
      spent.push(`${connectionId} ${token}`);
      const next = { current: `soak_r${issued}`, previous: token, access: `soak_a${issued}` };
      grants.set(connectionId, { ...next, endsAt: nowMs() + lifetimeSeconds * secondMs });
      if (fault < 0.1) return { kind: 'transient', answered: false, problem: 'no_answer' };
      const tokens = { accessToken: new Secret(next.access), refreshToken: new Secret(next.current), lifetimeSeconds };
      return { kind: 'ok', tokens };
    },
  };
  return { grants, spent, exchange };
}

describe('refreshing, for ten days', () => {
  it('keeps every connection working through random faults, with one exchange for each expiry', async () => {
    const random = seeded(20_261_122);
    const at = await startRefreshing({ waitMs: 60 }, { simulated: true });
    let nowMs = Date.now();
    const now = () => new Date(nowMs);
    const server = aServer(random, () => nowMs);
    const advance = async (ms: number) => {
      nowMs += ms;
      await sql`UPDATE simulated_clock SET at = ${new Date(nowMs)}`.execute(at.system);
    };
    const connections: Connected[] = [];
    for (const person of at.emulator.people.slice(0, 2)) {
      const tokens = { accessToken: new Secret('soak_a0'), refreshToken: new Secret('soak_r0') };
      const place = await at.aConnection({ tokens, personId: person.id, lifetimeSeconds });
      connections.push(place);
      server.grants.set(place.connectionId, {
        current: 'soak_r0',
        previous: null,
        access: 'soak_a0',
        endsAt: nowMs + lifetimeSeconds * secondMs,
      });
    }
    /** A process that may die: what it was doing ends where the fail point throws, with its lease and its spool left. */
    const aProcess = (): Promise<Node> =>
      at.aNode({
        exchange: server.exchange,
        check: async () => 'unknown',
        now,
        failPoint(name) {
          if ((name === 'leased' || name === 'spooled' || name === 'applied') && random() < 0.02) {
            throw new Error(`died at ${name}`);
          }
        },
      });
    const processes = [await aProcess(), await aProcess()];
    let answered = 0;
    for (let step = 0; step < steps; step++) {
      await advance(stepMinutes * minuteMs);
      for (const node of processes) if (random() < 0.5) await node.round();
      for (const place of connections) {
        const calls = processes.map(node => node.tokens.accessToken(place.workspaceId, place.connectionId));
        for (const result of await Promise.allSettled(calls)) {
          if (result.status === 'rejected') continue;
          answered += 1;
          const grant = server.grants.get(place.connectionId);
          assert.ok(
            (grant?.endsAt ?? 0) > nowMs || result.value.token === grant?.access,
            'an ended token was handed out',
          );
        }
      }
    }
    // Trouble ends, and whatever waits for its time gets it.
    for (let rest = 0; rest < 6; rest++) {
      await advance(10 * minuteMs);
      for (const node of processes) await node.round();
    }
    for (const place of connections) {
      const row = await at.row(place);
      assert.ok(['active', 'refreshing', 'suspect'].includes(row.status), `${row.status} ${row.status_reason}`);
      const log = await at.log(place);
      const count = (name: string) => log.filter(entry => entry.operation === name).length;
      const refreshed = log.filter(entry => entry.operation === 'connection.refreshed');
      assert.ok(refreshed.length > days * 15, `refreshed ${refreshed.length} times`);
      // No generation was refreshed twice, and every attempt that began is accounted for.
      assert.equal(new Set(refreshed.map(entry => entry.detail.generation)).size, refreshed.length);
      const ends = refreshed.length + count('connection.refresh_postponed') + count('connection.refresh_suspect');
      assert.ok(ends >= count('connection.refresh_started') - 1);
    }
    assert.ok(answered > steps * connections.length * 1.5, `${answered} calls had a token`);
    const everything = await at.owner("SELECT string_agg(entry, '') AS text FROM audit_entry");
    assert.ok(!String(everything.rows[0]?.text).includes('soak_'), 'a token in the log');
    await at.close();
  });
});
