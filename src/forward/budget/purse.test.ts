import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { secondMs } from '../../domain/units.ts';
import { sliceMs } from './counted-calls.ts';
import { emptyLedger, type Ledger, type LedgerAnswer } from './ledger.ts';
import { createPurse, type PurseOptions } from './purse.ts';

/** A purse on a ledger of its own, with a clock that the test moves. */
function aPurse(context: TestContext, known: Partial<Ledger> = {}) {
  context.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const state = { ledger: { ...emptyLedger, ...known } as Ledger, exchanges: 0, down: false };
  const change: PurseOptions['change'] = async settle => {
    state.exchanges++;
    if (state.down) throw new Error('down');
    const { ledger, result } = settle(state.ledger, Date.now());
    state.ledger = ledger;
    return result satisfies LedgerAnswer;
  };
  const purse = createPurse({
    change,
    waiting: () => ({ common: 1, reserved: 0 }),
    onChange: () => {},
    onTrouble: () => {},
    monotonicMs: () => Date.now(),
  });
  return {
    purse,
    state,
    taken: () => Object.values(state.ledger.taken).reduce((sum, count) => sum + count, 0),
    /** Lets so much time pass, and everything happen that was due. */
    async wait(ms: number) {
      context.mock.timers.tick(ms);
      await settled();
    },
  };
}

/** Lets promises that are resolved already run to their ends. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

describe('a purse', () => {
  it('gives back what it did not use, and then asks for nothing', async context => {
    const { purse, taken, wait, state } = aPurse(context, { perMinute: 1000, learnedAtMs: Date.now() });
    purse.want('usr_1');
    await settled();
    assert.ok(purse.canTake('usr_1'));
    purse.take('usr_1');
    await purse.close();
    assert.equal(taken(), 1);
    const { exchanges } = state;
    await wait(60 * secondMs);
    assert.equal(state.exchanges, exchanges);
  });

  it('takes nothing from a slice that is over', async context => {
    const { purse, wait, state } = aPurse(context, { perMinute: 1000, learnedAtMs: Date.now() });
    purse.want('usr_1');
    await settled();
    state.down = true;
    await wait(sliceMs);
    assert.equal(purse.canTake('usr_1'), false);
  });

  it('while no limit is known lets everything pass, and reports it in a while', async context => {
    const { purse, taken, wait, state } = aPurse(context);
    purse.want('usr_1');
    await settled();
    for (let call = 0; call < 5; call++) purse.take('usr_1');
    assert.deepEqual([state.exchanges, taken()], [1, 0]);
    await wait(10 * secondMs);
    assert.deepEqual([state.exchanges, taken()], [2, 5]);
    for (let call = 0; call < 50; call++) purse.take('usr_1');
    await wait(secondMs);
    assert.deepEqual([state.exchanges, taken()], [3, 55]);
  });

  it('tells of Notion’s wait what is left of it, however long the store was away', async context => {
    const { purse, wait, state } = aPurse(context);
    state.down = true;
    purse.refused(60 * secondMs);
    await settled();
    for (let waited = 0; waited < 45; waited++) await wait(secondMs);
    assert.ok(state.exchanges < 50, `${state.exchanges} tries, about one a second`);
    state.down = false;
    await wait(secondMs);
    assert.equal(state.ledger.blockedUntilMs, 60 * secondMs);
  });

  it('tells nothing of a wait that is over', async context => {
    const { purse, wait, state } = aPurse(context);
    state.down = true;
    purse.refused(2 * secondMs);
    await settled();
    await wait(secondMs);
    await wait(secondMs);
    state.down = false;
    await wait(secondMs);
    assert.deepEqual([state.ledger.blockedUntilMs, state.ledger.perMinute], [0, null]);
  });

  it('never holds more than it was given, however many calls were not sent after all', async context => {
    const { purse } = aPurse(context, { perMinute: 1000, learnedAtMs: Date.now() });
    purse.want('usr_1');
    await settled();
    let taken = 0;
    const drain = () => {
      for (; purse.canTake('usr_1'); taken++) purse.take('usr_1');
    };
    drain();
    const given = taken;
    for (let call = 0; call < 5 * given; call++) purse.putBack();
    drain();
    assert.equal(taken, 2 * given);
  });

  it('asks again when others may have given back what they did not use', async context => {
    const { purse, wait, state } = aPurse(context, { perMinute: 10, learnedAtMs: Date.now() });
    const second = Math.floor(Date.now() / secondMs);
    state.ledger = { ...state.ledger, taken: { [second]: 10 } };
    purse.want('usr_1');
    await settled();
    assert.ok(purse.emptyForMs('usr_1') > 50 * secondMs);
    state.ledger = { ...state.ledger, taken: { [second]: 1 } };
    purse.want('usr_1');
    await wait(sliceMs);
    assert.ok(purse.canTake('usr_1'));
  });

  it('takes nobody for one who has had little while it tells what they had', async context => {
    const { purse, state } = aPurse(context, { perMinute: 10, learnedAtMs: Date.now() });
    purse.want('usr_1');
    await settled();
    for (; purse.canTake('usr_1'); ) purse.take('usr_1');
    assert.equal(purse.hasHadLittle('usr_1'), false);
    state.down = true;
    purse.want('usr_1');
    assert.equal(purse.hasHadLittle('usr_1'), false);
    await settled();
    assert.equal(purse.hasHadLittle('usr_1'), false);
  });

  it('asks again every second while the store is away, and loses no report', async context => {
    const { purse, taken, wait, state } = aPurse(context);
    state.down = true;
    purse.want('usr_1');
    await settled();
    assert.ok(purse.canTake('usr_1'), 'optimistic, as at the very beginning');
    purse.take('usr_1');
    await wait(secondMs);
    assert.equal(state.exchanges, 2);
    state.down = false;
    await wait(secondMs);
    assert.deepEqual([state.exchanges, taken()], [3, 1]);
  });
});
