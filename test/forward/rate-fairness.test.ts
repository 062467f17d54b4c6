import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newId } from '../../src/domain/ids.ts';
import type { Principal } from '../../src/domain/principal.ts';
import { aBudget, anAgent, aPerson, flood, known, rejection } from './a-budget.ts';

describe('a flooding agent beside a person', () => {
  it('cannot use up what is kept for those who have had little', async () => {
    await using gate = aBudget(known(100));
    const [agent, person] = [anAgent(), aPerson()];
    const taken = await flood(gate, 200, () => agent);
    assert.ok(taken >= 90 && taken <= 95, `${taken} of 100`);
    for (let call = 0; call < 5; call++) await gate.budget.take(gate.callOf(person), null);
  });

  it('cannot by being many agents of one owner', async () => {
    await using gate = aBudget(known(100));
    const owner = newId('usr');
    const agents = Array.from({ length: 40 }, () => anAgent(owner));
    const taken = await flood(gate, 400, call => agents[call % agents.length]);
    assert.ok(taken >= 90 && taken <= 95, `${taken} of 100`);
    const person: Principal = { kind: 'user', id: owner };
    for (let call = 0; call < 5; call++) await gate.budget.take(gate.callOf(person), null);
  });

  it('cannot by going through several processes', async () => {
    await using first = aBudget(known(100));
    await using second = first.beside();
    await using third = first.beside();
    const [agent, person] = [anAgent(), aPerson()];
    let taken = 0;
    for (const gate of [first, second, third]) taken += await flood(gate, 200, () => agent);
    assert.ok(taken >= 90 && taken <= 95, `${taken} of 100`);
    for (let call = 0; call < 5; call++) await third.budget.take(third.callOf(person), null);
  });

  it('cannot by filling the queue', async () => {
    await using gate = aBudget({ ...known(600), blockedUntilMs: Date.now() + 400 });
    const owner = newId('usr');
    const flooding = flood(gate, 1_500, () => anAgent(owner));
    await gate.budget.take(gate.callOf(aPerson()), null);
    assert.ok((await flooding) < 600);
  });

  it('leaves a turn to the other agents of its owner', async () => {
    await using gate = aBudget({ ...known(100), blockedUntilMs: Date.now() + 300 });
    const owner = newId('usr');
    const [busy, quiet] = [anAgent(owner), anAgent(owner)];
    const order: string[] = [];
    const call = (name: string, agent: Principal) =>
      gate.budget.take(gate.callOf(agent), null)?.then(() => order.push(name));
    const calls = Array.from({ length: 50 }, () => call('busy', busy));
    calls.push(call('quiet', quiet));
    await Promise.all(calls);
    assert.ok(order.indexOf('quiet') <= 1, `it came ${order.indexOf('quiet') + 1}.`);
  });

  it('leaves to Portcullis’s own calls nothing of what is kept', async () => {
    await using gate = aBudget(known(100));
    const agent = anAgent();
    await flood(gate, 200, () => agent);
    const report: Principal = { kind: 'system', component: 'access_report' };
    await rejection(gate.budget.take(gate.callOf(report), null));
    await gate.budget.take(gate.callOf(aPerson()), null);
  });

  it('waits behind the person’s next call, however many of its own wait already', async () => {
    await using gate = aBudget({ ...known(100), blockedUntilMs: Date.now() + 300 });
    const order: string[] = [];
    const call = (name: string, principal: Principal) =>
      gate.budget.take(gate.callOf(principal), null)?.then(() => order.push(name));
    const [agent, person] = [anAgent(), aPerson()];
    const calls = Array.from({ length: 50 }, () => call('agent', agent));
    calls.push(call('person', person));
    await Promise.all(calls);
    assert.equal(order.length, 51);
    assert.ok(order.indexOf('person') <= 1, `it came ${order.indexOf('person') + 1}.`);
  });
});
