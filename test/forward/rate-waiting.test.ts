import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Answer } from '../../src/domain/operation.ts';
import { emptyLedger } from '../../src/forward/budget/ledger.ts';
import { rateLimitReasons } from '../../src/forward/budget/rate-limit-answer.ts';
import { anOperation } from '../fixtures.ts';
import { until } from '../until.ts';
import { aBudget, anAgent, aPerson, flood, known, rejection } from './a-budget.ts';
import { aWrite } from './a-decided-call.ts';
import { aForward } from './a-forward.ts';
import { ok, rawServer } from './raw-server.ts';

const pass = async (taken: Promise<void> | null) =>
  taken === null ||
  taken.then(
    () => true,
    () => false,
  );

/** A refusal of Notion's. */
function refusal(reason: string, retryAfterSeconds: number): Answer {
  const body = { object: 'error', status: 429, code: 'rate_limited', additional_data: { rate_limit_reason: reason } };
  const headers = { 'retry-after': String(retryAfterSeconds) };
  return { status: 429, headers, body: Buffer.from(JSON.stringify(body)) };
}

describe('waiting for the budget', () => {
  it('ends after a while with Notion’s own refusal and a wait that is true', async () => {
    await using gate = aBudget({ ...known(100), blockedUntilMs: Date.now() + 20_000 });
    // The first call learns what is known, and waits no longer than that takes.
    const error = await rejection(gate.budget.take(gate.callOf(aPerson()), null));
    assert.equal(error.status, 429);
    const { retryAfterSeconds, additionalData, fate } = error.details;
    assert.ok(retryAfterSeconds === 20 || retryAfterSeconds === 19, `${retryAfterSeconds} s`);
    assert.deepEqual(additionalData, {
      rate_limit_reason: rateLimitReasons.connection,
      retry_after: String(retryAfterSeconds),
    });
    assert.equal(fate, 'not_sent');
  });

  for (const [why, limit] of [
    ['the limit is used up', {}],
    ['Notion said when to come back', { blockedUntilMs: 20_000 }],
  ] as const) {
    it(`ends, when ${why}, with a wait after which the same call passes`, async context => {
      context.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
      await using gate = aBudget({ ...known(100), ...limit }, { monotonicMs: () => Date.now() });
      const agent = anAgent();
      await flood(gate, 200, () => agent);
      const error = await rejection(gate.budget.take(gate.callOf(agent), null));
      const seconds = error.details.retryAfterSeconds ?? 0;
      assert.ok(seconds >= 20 && seconds <= 63, `${seconds} s`);
      context.mock.timers.tick(seconds * 1_000);
      await gate.budget.take(gate.callOf(agent), null);
    });
  }

  it('is given up when the client goes away, which makes room for another', async () => {
    await using gate = aBudget({ ...known(2_000), blockedUntilMs: Date.now() + 400 });
    const agent = anAgent();
    const full = Array.from({ length: 999 }, () => gate.budget.take(gate.callOf(agent), null));
    const abort = new AbortController();
    const leaving = gate.budget.take(gate.callOf(agent), abort.signal);
    await rejection(gate.budget.take(gate.callOf(agent), null));
    assert.ok(leaving !== null);
    abort.abort(new Error('gone'));
    await assert.rejects(leaving, /gone/);
    await gate.budget.take(gate.callOf(agent), null);
    assert.equal((await Promise.allSettled(full)).filter(({ status }) => status === 'rejected').length, 0);
  });

  it('ends for a write, too, when the client goes away: nothing was sent yet', async () => {
    await using server = await rawServer(({ socket }) => socket.write(ok()));
    await using gate = aBudget({ ...known(100), blockedUntilMs: Date.now() + 500 });
    await using step = aForward(server, { budget: gate.budget });
    const abort = new AbortController();
    const decided = gate.callOf(aPerson(), aWrite());
    const left = step.forward({ ...decided, call: { ...decided.call, signal: abort.signal } });
    const stays = step.forward(decided);
    abort.abort();
    await assert.rejects(left, { code: 'upstream_unavailable' });
    await stays;
    assert.equal(server.heads.length, 1);
  });

  it('rule 10: a call that waited is asked about again, and not sent when it is no longer allowed', async () => {
    await using server = await rawServer(({ socket }) => socket.write(ok()));
    await using gate = aBudget({ ...known(100), blockedUntilMs: Date.now() + 500 });
    let asked = 0;
    const stillAllowed = async () => ++asked > 1;
    await using step = aForward(server, { budget: gate.budget, stillAllowed });
    await assert.rejects(step.forward(gate.callOf(aPerson())), { code: 'policy_changed' });
    assert.deepEqual(server.heads, []);
    await step.forward(gate.callOf(aPerson()));
    assert.equal(server.heads.length, 1);
  });
});

describe('a refusal of Notion’s', () => {
  it('about an endpoint holds up that endpoint alone', async () => {
    await using gate = aBudget();
    const person = aPerson();
    const search = gate.callOf(person, anOperation({ name: 'search' }));
    await gate.budget.take(search, null);
    // Of calls that were under way together, each is refused.
    for (const seconds of [30, 1]) gate.budget.answered(search, refusal(rateLimitReasons.endpoint, seconds));
    const error = await rejection(gate.budget.take(search, null));
    assert.equal(error.details.retryAfterSeconds, 30);
    assert.equal(error.details.additionalData?.rate_limit_reason, rateLimitReasons.endpoint);
    assert.equal(gate.budget.take(gate.callOf(person), null), null);
  });

  it('about the connection or the workspace holds up everybody on it', async () => {
    for (const reason of [rateLimitReasons.connection, rateLimitReasons.workspace]) {
      await using gate = aBudget();
      const call = gate.callOf(aPerson());
      await gate.budget.take(call, null);
      gate.budget.answered(call, refusal(reason, 30));
      const error = await rejection(gate.budget.take(gate.callOf(anAgent()), null));
      assert.equal(error.details.additionalData?.rate_limit_reason, reason);
    }
  });

  it('that blocks one request says nothing about the others', async () => {
    await using gate = aBudget();
    const call = gate.callOf(aPerson());
    await gate.budget.take(call, null);
    gate.budget.answered(call, refusal(rateLimitReasons.blocked, 30));
    assert.equal(gate.budget.take(call, null), null);
  });
});

describe('trouble with the store', () => {
  it('holds up nobody while no limit is known', async () => {
    const troubles: unknown[] = [];
    const ledgers = { change: () => Promise.reject(new Error('down')) };
    await using gate = aBudget({}, { ledgers, onTrouble: error => troubles.push(error) });
    await gate.budget.take(gate.callOf(aPerson()), null);
    assert.ok(troubles.length > 0);
  });

  it('lets nobody pass where a limit is known, and goes on when the store is back', async () => {
    let down = false;
    const stored = new Map([['workspace', { ...emptyLedger, ...known(1_000) }]]);
    await using gate = aBudget(
      {},
      {
        waitMsMax: 300,
        onTrouble: () => {},
        ledgers: {
          async change(_, scope, change) {
            if (down) throw new Error('down');
            const { ledger, result } = change(stored.get(scope) ?? emptyLedger, Date.now());
            stored.set(scope, ledger);
            return result;
          },
        },
      },
    );
    const person = aPerson();
    await gate.budget.take(gate.callOf(person), null);
    down = true;
    // What was leased may still be used; no more than that.
    const passed = await flood(gate, 500, () => person);
    assert.ok(passed < 50, `${passed} passed`);
    const error = await rejection(gate.budget.take(gate.callOf(person), null));
    assert.equal(error.details.retryAfterSeconds, 1);
    down = false;
    await until('a call passes', () => pass(gate.budget.take(gate.callOf(person), null)));
  });
});
