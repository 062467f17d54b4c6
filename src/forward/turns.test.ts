import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newId } from '../domain/ids.ts';
import { createTurns, type GiveBack, holderOf, type TurnLimits } from './turns.ts';

const limits: TurnLimits = { turns: 8, each: { group: 2, workspace: 4 }, waiting: 20, waitMs: 60_000 };
const signal = new AbortController().signal;
const someone = (workspace = newId('wsp')) => holderOf({ kind: 'user', id: newId('usr') }, workspace);
const settled = async (turn: Promise<GiveBack>) => {
  let isSettled = false;
  turn.then(
    () => {
      isSettled = true;
    },
    () => {},
  );
  await new Promise(setImmediate);
  return isSettled;
};

describe('turns', () => {
  it('leave others room, however many calls of one person wait', async () => {
    const turns = createTurns(limits);
    const [ada, ben] = [someone(), someone()];
    const held = [await turns.take(ada, signal), await turns.take(ada, signal)];
    const third = turns.take(ada, signal);
    assert.equal(await settled(third), false);
    assert.equal(await settled(turns.take(ben, signal)), true);
    held[0]?.();
    assert.equal(await settled(third), true);
  });

  it('count the agents of one owner together', async () => {
    const turns = createTurns(limits);
    const [owner, workspace] = [newId('usr'), newId('wsp')];
    const agent = () => holderOf({ kind: 'agent', id: newId('agt'), owner }, workspace);
    await turns.take(agent(), signal);
    await turns.take(agent(), signal);
    assert.equal(await settled(turns.take(agent(), signal)), false);
  });

  it('leave other workspaces room, however many people of one call', async () => {
    const turns = createTurns(limits);
    const acme = newId('wsp');
    for (let taken = 0; taken < limits.each.workspace; taken++) await turns.take(someone(acme), signal);
    assert.equal(await settled(turns.take(someone(acme), signal)), false);
    assert.equal(await settled(turns.take(someone(), signal)), true);
  });

  it('refuse who would wait too long, and say whose calls are too many', async () => {
    const turns = createTurns({ ...limits, waitMs: 20 });
    const ada = someone();
    await turns.take(ada, signal);
    const second = await turns.take(ada, signal);
    await assert.rejects(turns.take(ada, signal), { code: 'rate_limited' });
    second();
    assert.equal(await settled(turns.take(ada, signal)), true, 'who was refused takes no turn later');
  });

  it('refuse more than may wait', async () => {
    const turns = createTurns({ ...limits, waiting: 1 });
    const ada = someone();
    for (let taken = 0; taken < 2; taken++) await turns.take(ada, signal);
    const waiting = turns.take(ada, signal);
    await assert.rejects(turns.take(ada, signal), { code: 'upstream_unavailable' });
    assert.equal(await settled(waiting), false);
  });

  it('are given back once, however often that is said, and not to who has left', async () => {
    const turns = createTurns({ ...limits, turns: 1, each: { group: 1, workspace: 1 } });
    const giveBack = await turns.take(someone(), signal);
    const leaving = new AbortController();
    const left = turns.take(someone(), leaving.signal);
    const next = turns.take(someone(), signal);
    const last = turns.take(someone(), signal);
    leaving.abort(new Error('gone'));
    await assert.rejects(left, /gone/);
    giveBack();
    giveBack();
    assert.deepEqual([await settled(next), await settled(last)], [true, false]);
  });
});
