import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PortcullisError } from '../../src/domain/errors.ts';
import { newId } from '../../src/domain/ids.ts';
import type { Answer } from '../../src/domain/operation.ts';
import type { Ledger } from '../../src/forward/budget/ledger.ts';
import { rateLimitReasons } from '../../src/forward/budget/rate-limit-answer.ts';
import { anOperation } from '../fixtures.ts';
import { aBudget } from './a-budget.ts';
import { aForward } from './a-forward.ts';
import { ok, rawServer } from './raw-server.ts';

const known = (perMinute: number): Partial<Ledger> => ({ perMinute, learnedAtMs: Date.now() });

/** A refusal of Notion's. */
function refusal(reason: string, retryAfterSeconds: number): Answer {
  const body = { object: 'error', status: 429, code: 'rate_limited', additional_data: { rate_limit_reason: reason } };
  const headers = { 'retry-after': String(retryAfterSeconds) };
  return { status: 429, headers, body: Buffer.from(JSON.stringify(body)) };
}

async function rejection(promise: Promise<unknown> | null): Promise<PortcullisError> {
  assert.ok(promise !== null, 'let through at once');
  const error = await promise.then(
    () => assert.fail('let through'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof PortcullisError, String(error));
  return error;
}

describe('a flooding agent beside a person', () => {
  it('cannot use up what is kept for those who have had little', async () => {
    await using gate = aBudget(known(100));
    const [agent, person] = [newId('agt'), newId('usr')];
    const flood = Array.from({ length: 200 }, () => gate.budget.take(gate.callOf(agent), null));
    const ends = await Promise.allSettled(flood);
    const taken = ends.filter(end => end.status === 'fulfilled').length;
    assert.ok(taken >= 90 && taken <= 95, `${taken} of 100`);
    for (let call = 0; call < 5; call++) await gate.budget.take(gate.callOf(person), null);
  });

  it('waits behind the person’s next call, however many of its own wait already', async () => {
    await using gate = aBudget({ ...known(100), blockedUntilMs: Date.now() + 300 });
    const order: string[] = [];
    const call = (name: string, id: `agt_${string}` | `usr_${string}`) =>
      gate.budget.take(gate.callOf(id), null)?.then(() => order.push(name));
    const [agent, person] = [newId('agt'), newId('usr')];
    const calls = Array.from({ length: 50 }, () => call('agent', agent));
    calls.push(call('person', person));
    await Promise.all(calls);
    assert.equal(order.length, 51);
    assert.ok(order.indexOf('person') <= 1, `it came ${order.indexOf('person') + 1}.`);
  });
});

describe('waiting for the budget', () => {
  it('ends after a while with Notion’s own refusal and a wait that is true', async () => {
    await using gate = aBudget({ ...known(100), blockedUntilMs: Date.now() + 20_000 });
    // The first call learns what is known, and waits no longer than that takes.
    const error = await rejection(gate.budget.take(gate.callOf(newId('usr')), null));
    assert.equal(error.status, 429);
    const { retryAfterSeconds, additionalData, fate } = error.details;
    assert.ok(retryAfterSeconds === 20 || retryAfterSeconds === 19, `${retryAfterSeconds} s`);
    assert.deepEqual(additionalData, {
      rate_limit_reason: rateLimitReasons.connection,
      retry_after: String(retryAfterSeconds),
    });
    assert.equal(fate, 'not_sent');
  });

  it('is given up when the client goes away', async () => {
    await using gate = aBudget({ ...known(100), blockedUntilMs: Date.now() + 3_000 });
    const abort = new AbortController();
    const waiting = gate.budget.take(gate.callOf(newId('usr')), abort.signal);
    assert.ok(waiting !== null);
    abort.abort(new Error('gone'));
    await assert.rejects(waiting, /gone/);
  });

  it('rule 10: a call that waited is asked about again, and not sent when it is no longer allowed', async () => {
    await using server = await rawServer(({ socket }) => socket.write(ok()));
    await using gate = aBudget({ ...known(100), blockedUntilMs: Date.now() + 50 });
    let asked = 0;
    const stillAllowed = async () => ++asked > 1;
    await using step = aForward(server, { budget: gate.budget, stillAllowed });
    await assert.rejects(step.forward(gate.callOf(newId('usr'))), { code: 'policy_changed' });
    assert.deepEqual(server.heads, []);
    await step.forward(gate.callOf(newId('usr')));
    assert.equal(server.heads.length, 1);
  });
});

describe('a refusal of Notion’s', () => {
  it('about an endpoint holds up that endpoint alone', async () => {
    await using gate = aBudget();
    const person = newId('usr');
    const search = gate.callOf(person, anOperation({ name: 'search' }));
    await gate.budget.take(search, null);
    gate.budget.answered(search, refusal(rateLimitReasons.endpoint, 30));
    const error = await rejection(gate.budget.take(search, null));
    assert.equal(error.details.retryAfterSeconds, 30);
    assert.equal(error.details.additionalData?.rate_limit_reason, rateLimitReasons.endpoint);
    assert.equal(gate.budget.take(gate.callOf(person), null), null);
  });

  it('about the connection or the workspace holds up everybody on it', async () => {
    for (const reason of [rateLimitReasons.connection, rateLimitReasons.workspace]) {
      await using gate = aBudget();
      const call = gate.callOf(newId('usr'));
      await gate.budget.take(call, null);
      gate.budget.answered(call, refusal(reason, 30));
      const error = await rejection(gate.budget.take(gate.callOf(newId('agt')), null));
      assert.equal(error.details.additionalData?.rate_limit_reason, reason);
    }
  });

  it('that blocks one request says nothing about the others', async () => {
    await using gate = aBudget();
    const call = gate.callOf(newId('usr'));
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
    await gate.budget.take(gate.callOf(newId('usr')), null);
    assert.ok(troubles.length > 0);
  });
});
