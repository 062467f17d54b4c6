import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aCall, aCaller, aDecidedCall, anAllowance, anOperation, someFacts } from '../../test/fixtures.ts';
import type { Decision } from '../domain/decision.ts';
import { minuteMs } from '../domain/units.ts';
import { createAnonymousDenials } from './anonymous-denials.ts';
import type { AuditRow } from './audit-log.ts';
import { createCountedEvents } from './counted-events.ts';
import { createDenialFlood } from './denial-flood.ts';
import { createAuditTrail } from './trail.ts';

/** A trail on a log that takes everything, at a time that a test moves. */
function aTrail(current = true) {
  let at = Date.parse('2026-12-01T10:00:10.000Z');
  let broken = false;
  const now = () => new Date(at);
  const rows: AuditRow[] = [];
  const commits = {
    async append(row: AuditRow) {
      if (broken) throw new Error('the log is away');
      return rows.push(row) > 0;
    },
    owe: () => {},
    close: async () => {},
  };
  const flood = createDenialFlood({ commits, now });
  const trail = createAuditTrail({
    commits,
    anonymousDenials: createAnonymousDenials(createCountedEvents({ commits, reserveReached: () => false, now })),
    flood,
    leaseHolds: () => true,
    hasRoom: () => true,
    late: null,
    stillCurrent: async () => current,
    digest: () => 'hmac:',
    now,
  });
  return {
    ...{ trail, flood, rows },
    pass: (ms: number) => {
      at += ms;
    },
    setBroken: (value: boolean) => {
      broken = value;
    },
    summaries: () => rows.filter(({ kind }) => kind === 'summary').map(({ entry }) => JSON.parse(entry).detail),
  };
}

const caller = aCaller();
const facts = someFacts();
const denial = anAllowance({ effect: 'deny', because: 'role_lacks_action', demand: null } as Partial<Decision>);
function aDenial(page: string) {
  const demands = [{ action: 'update', object: { kind: 'page', id: page } }] as const;
  return aDecidedCall({ caller, facts, decision: denial, call: aCall({ operation: anOperation({ demands }) }) });
}

describe('a flood of denials', () => {
  it('is a few entries and one count for each minute, and nothing is left out', async () => {
    const { trail, flood, rows, pass, summaries } = aTrail();
    for (let at = 0; at < 1_000; at++) assert.equal(await trail.intend(aDenial('one')), 'recorded');
    await trail.intend(aDenial('two'));
    assert.deepEqual([rows.length, summaries()], [6, []]);
    await flood.flush();
    assert.deepEqual(summaries(), [], 'the minute is not over');
    pass(minuteMs);
    await flood.flush();
    const [summary, ...others] = summaries();
    assert.deepEqual(others, []);
    assert.deepEqual([summary.count, summary.object, summary.because], [995, 'one', 'role_lacks_action']);
    await trail.intend(aDenial('one'));
    assert.equal(rows.at(-1)?.kind, 'denial', 'a new minute has entries of its own');
  });

  it('of ever other objects is bounded too', async () => {
    const { trail, flood, rows, summaries } = aTrail();
    for (let at = 0; at < 2_000; at++) await trail.intend(aDenial(`page ${at}`));
    assert.equal(rows.length, 600);
    await flood.flush({ all: true });
    const [summary, ...others] = summaries();
    assert.deepEqual([summary.count, summary.object, others], [1_400, null, []]);
  });

  it('rule 10: is decided again when what it was decided on has changed', async () => {
    const { trail } = aTrail(false);
    for (let at = 0; at < 5; at++) assert.equal(await trail.intend(aDenial('one')), 'recorded');
    assert.equal(await trail.intend(aDenial('one')), 'stale');
  });

  it('keeps its count while the log is away', async () => {
    const { trail, flood, setBroken, summaries, pass } = aTrail();
    for (let at = 0; at < 8; at++) await trail.intend(aDenial('one'));
    setBroken(true);
    pass(minuteMs);
    await assert.rejects(flood.flush());
    setBroken(false);
    await flood.flush();
    assert.deepEqual(
      summaries().map(({ count }) => count),
      [3],
    );
  });
});
