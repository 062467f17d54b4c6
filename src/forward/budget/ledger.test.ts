import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hourMs, minuteMs, secondMs } from '../../domain/units.ts';
import { sliceMs } from './counted-calls.ts';
import { emptyLedger, type Ledger, type LedgerAnswer, type LedgerReport, reserveOf, settle } from './ledger.ts';

const start = Date.UTC(2026, 10, 22, 12);

/** One ledger with a clock that the test moves. */
function aLedger(given: Partial<Ledger> = {}) {
  let ledger: Ledger = { ...emptyLedger, ...given };
  let nowMs = start;
  return {
    wait(ms: number) {
      nowMs += ms;
    },
    report(given: Partial<LedgerReport> = {}): LedgerAnswer {
      const nothing: LedgerReport = {
        sent: 0,
        returned: [],
        spent: {},
        passed: 0,
        refused: null,
        ask: { common: 0, reserved: 0 },
      };
      const settled = settle(ledger, { ...nothing, ...given }, nowMs);
      ledger = settled.ledger;
      return settled.grant;
    },
    /** Takes as much as there is, in as many slices as that needs. */
    drain(): number {
      for (let sum = 0; ; ) {
        const grant = this.report({ ask: { common: 1000, reserved: 0 } });
        assert.equal(grant.kind, 'slice');
        if (grant.kind !== 'slice' || grant.slice.common === 0) return sum;
        sum += grant.slice.common;
      }
    },
    limit(): number | null {
      const grant = this.report();
      return grant.kind === 'slice' ? grant.perMinute : null;
    },
  };
}

function given(grant: LedgerAnswer): { common: number; reserved: number } {
  assert.ok(grant.kind === 'slice');
  return { common: grant.slice.common, reserved: grant.slice.reserved };
}

const learned = (perMinute: number): Partial<Ledger> => ({ perMinute, learnedAtMs: start });

describe('the ledger of a rate limit', () => {
  it('restrains nobody before Notion has refused a call', () => {
    const ledger = aLedger();
    assert.deepEqual(ledger.report({ sent: 5000, passed: 5000 }), { kind: 'free' });
  });

  it('learns from one refusal when to go on, and nothing else', () => {
    const ledger = aLedger();
    ledger.report({ sent: 5, passed: 5 });
    assert.deepEqual(ledger.report({ refused: { retryAfterMs: secondMs } }), { kind: 'wait', ms: secondMs });
    ledger.wait(secondMs);
    assert.deepEqual(ledger.report(), { kind: 'free' });
  });

  /** Minutes of Notion's in which it lets so many pass, and then refuses for the rest of each. */
  const minutes = (ledger: ReturnType<typeof aLedger>, count: number, perMinute: number) => {
    for (let minute = 0; minute < count; minute++) {
      ledger.wait(10 * secondMs);
      ledger.report({ passed: perMinute });
      ledger.report({ refused: { retryAfterMs: 50 * secondMs } });
      ledger.wait(50 * secondMs);
    }
  };

  it('learns a limit from refusals that go on: what passes from one wait to another', () => {
    for (const perMinute of [40, 180, 600]) {
      const ledger = aLedger();
      minutes(ledger, 3, perMinute);
      assert.equal(ledger.limit(), perMinute);
      const grant = ledger.report({ ask: { common: 1, reserved: 0 } });
      assert.equal(grant.kind === 'slice' && grant.slice.evenly, null, 'Notion counts by the minute: bursts may pass');
    }
  });

  it('believes in a limit below the average that Notion publishes only when refusals go on for a minute', () => {
    const ledger = aLedger();
    const refuse = (times: number) => {
      for (let refusal = 0; refusal < times; refusal++) {
        ledger.report({ passed: 1 });
        ledger.report({ refused: { retryAfterMs: secondMs } });
        ledger.wait(1_500);
      }
    };
    refuse(20);
    assert.equal(ledger.limit(), 180);
    refuse(130);
    assert.ok(Math.abs((ledger.limit() ?? 0) - 40) < 4, `${ledger.limit()}, and 40 a minute passed`);
  });

  it('spaces calls where bursts are refused', () => {
    const ledger = aLedger({ ...learned(120), evenly: true });
    const first = ledger.report({ ask: { common: 8, reserved: 8 } });
    assert.ok(first.kind === 'slice');
    assert.deepEqual(first.slice.evenly, { inMs: 0, everyMs: 500 });
    assert.deepEqual([first.slice.common, first.slice.reserved], [3, 0], 'half of what is due in two seconds');
    const second = ledger.report({ ask: { common: 8, reserved: 8 } });
    assert.ok(second.kind === 'slice');
    assert.deepEqual([second.slice.common, second.slice.evenly?.inMs], [1, 1_500], 'after those of the first');
    ledger.report({ returned: [{ ...first.slice, common: 2 }] });
    const third = ledger.report({ ask: { common: 1, reserved: 0 } });
    assert.equal(third.kind === 'slice' && third.slice.evenly?.inMs, 1_000, 'what came back is there again');
  });

  it('goes on gently when going on was refused, and soon freely', () => {
    const ledger = aLedger();
    for (let refusal = 0; refusal < 2; refusal++) {
      ledger.report({ refused: { retryAfterMs: secondMs } });
      ledger.wait(secondMs);
    }
    assert.equal(ledger.limit(), 180);
    ledger.wait(4 * secondMs);
    assert.equal(ledger.limit(), 720);
    ledger.wait(9 * secondMs);
    assert.equal(ledger.limit(), null);
  });

  it('takes refusals that lie far apart for no evidence', () => {
    const ledger = aLedger();
    for (let refusal = 0; refusal < 10; refusal++) {
      ledger.report({ passed: 3, refused: { retryAfterMs: secondMs } });
      ledger.wait(2 * minuteMs);
    }
    assert.equal(ledger.limit(), null);
  });

  it('gives nothing until Notion said to come back, and then a fresh minute', () => {
    const ledger = aLedger(learned(100));
    ledger.report({ sent: 100, passed: 100, refused: { retryAfterMs: 40 * secondMs } });
    const grant = ledger.report({ ask: { common: 10, reserved: 10 } });
    assert.ok(grant.kind === 'slice');
    assert.deepEqual([grant.slice.common, grant.slice.reserved], [0, 0]);
    assert.deepEqual(grant.retryInMs, { common: 40 * secondMs, reserved: 40 * secondMs });
    ledger.wait(40 * secondMs);
    assert.equal(ledger.drain(), 90);
  });

  it('lets no minute have more than the limit, wherever it begins', () => {
    const ledger = aLedger({ perMinute: 100, learnedAtMs: start + hourMs });
    const sent: { atMs: number; count: number }[] = [];
    let state = 7;
    for (let atMs = 0; atMs < 4 * minuteMs; ) {
      state = (state * 48_271) % 2_147_483_647;
      const stepMs = state % 3_000;
      ledger.wait(stepMs);
      atMs += stepMs;
      const grant = ledger.report({ ask: { common: state % 40, reserved: state % 5 } });
      assert.ok(grant.kind === 'slice');
      // The worst case: all of a slice is sent in its last moment.
      sent.push({ atMs: atMs + (state % 2) * sliceMs, count: grant.slice.common + grant.slice.reserved });
    }
    for (const { atMs: fromMs } of sent) {
      const within = sent.filter(({ atMs }) => atMs >= fromMs && atMs < fromMs + minuteMs);
      const count = within.reduce((sum, { count }) => sum + count, 0);
      assert.ok(count <= 100, `${count} in the minute from ${fromMs}`);
    }
    assert.ok(sent.reduce((sum, { count }) => sum + count, 0) > 300, 'and the limit is made use of');
  });

  it('keeps a part for those who have had little', () => {
    const ledger = aLedger(learned(100));
    assert.equal(ledger.drain(), 100 - reserveOf(100));
    const grant = ledger.report({ ask: { common: 5, reserved: 5 } });
    assert.ok(grant.kind === 'slice');
    assert.deepEqual([grant.slice.common, grant.slice.reserved], [0, 5]);
  });

  it('gives one process half of what is there, and takes back what it did not use', () => {
    const ledger = aLedger(learned(100));
    const grant = ledger.report({ ask: { common: 1000, reserved: 0 } });
    assert.ok(grant.kind === 'slice');
    assert.equal(grant.slice.common, 45);
    ledger.report({ returned: [{ ...grant.slice, common: 40 }] });
    assert.equal(ledger.drain(), 85);
  });

  it('says when there will be something', () => {
    const ledger = aLedger(learned(100));
    ledger.drain();
    ledger.wait(20 * secondMs);
    const grant = ledger.report({ ask: { common: 1, reserved: 0 } });
    assert.ok(grant.kind === 'slice');
    ledger.wait(grant.retryInMs.common - 1);
    assert.equal(ledger.drain(), 0);
    ledger.wait(1);
    assert.equal(ledger.drain(), 90);
  });

  it('says when there will be something of what is kept, which may be sooner', () => {
    const ledger = aLedger(learned(100));
    ledger.report({ ask: { common: 6, reserved: 0 } });
    ledger.wait(30 * secondMs);
    ledger.drain();
    while (given(ledger.report({ ask: { common: 0, reserved: 10 } })).reserved > 0);
    const grant = ledger.report();
    assert.ok(grant.kind === 'slice');
    ledger.wait(grant.retryInMs.reserved - 1);
    assert.equal(given(ledger.report({ ask: { common: 9, reserved: 9 } })).reserved, 0);
    ledger.wait(1);
    assert.deepEqual(given(ledger.report({ ask: { common: 9, reserved: 9 } })), { common: 0, reserved: 3 });
  });

  it('knows who has had much of the last minute, wherever it began', () => {
    const ledger = aLedger(learned(100));
    ledger.report({ spent: { quiet: 1 } });
    ledger.wait(40 * secondMs);
    ledger.report({ spent: { busy: 90 } });
    for (let waited = 0; waited < 40; waited += 5) {
      const grant = ledger.report();
      assert.ok(grant.kind === 'slice' && (grant.spent.busy ?? 0) > 10, `after ${waited} s`);
      ledger.wait(5 * secondMs);
    }
    ledger.wait(minuteMs);
    const grant = ledger.report();
    assert.ok(grant.kind === 'slice' && (grant.spent.busy ?? 0) < 5);
  });

  it('takes everybody for one who has had nothing when Notion counts anew', () => {
    const ledger = aLedger(learned(100));
    ledger.report({ spent: { busy: 90 }, refused: { retryAfterMs: 5 * secondMs } });
    ledger.wait(5 * secondMs);
    const grant = ledger.report();
    assert.deepEqual(grant.kind === 'slice' && grant.spent, {});
  });

  it('goes on when the clock is put back, as if it had not been', () => {
    const ledger = aLedger(learned(100));
    ledger.drain();
    ledger.report({ spent: { busy: 90 } });
    ledger.wait(-hourMs);
    assert.equal(ledger.drain(), 0);
    ledger.wait(minuteMs + sliceMs + secondMs);
    assert.equal(ledger.drain(), 90);
    ledger.report({ refused: { retryAfterMs: 20 * secondMs } });
    ledger.wait(-hourMs);
    assert.equal(ledger.drain(), 0);
    ledger.wait(20 * secondMs);
    assert.ok(ledger.drain() > 0);
  });

  it('lets a limit grow, slowly at first, and forgets it within minutes', () => {
    const ledger = aLedger(learned(100));
    ledger.wait(minuteMs);
    assert.equal(ledger.limit(), 100);
    ledger.wait(minuteMs);
    assert.equal(ledger.limit(), 110);
    ledger.wait(4 * minuteMs);
    assert.ok((ledger.limit() ?? 0) > 400);
    ledger.wait(5 * minuteMs);
    assert.equal(ledger.limit(), null);
  });

  it('takes a step back when what has grown is refused', () => {
    const ledger = aLedger(learned(100));
    ledger.wait(3 * minuteMs);
    assert.equal(ledger.limit(), 133);
    ledger.report({ refused: { retryAfterMs: secondMs } });
    assert.equal(ledger.limit(), 110);
  });

  it('takes what comes back too late for nothing', () => {
    const ledger = aLedger(learned(100));
    const grant = ledger.report({ ask: { common: 40, reserved: 0 } });
    assert.ok(grant.kind === 'slice');
    ledger.wait(1.5 * minuteMs);
    ledger.report({ returned: [grant.slice] });
    assert.equal(ledger.drain(), 90);
  });
});
