import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aCall, aDecidedCall } from '../../test/fixtures.ts';
import { minuteMs } from '../domain/units.ts';
import { createAnonymousDenials } from './anonymous-denials.ts';
import type { AuditRow } from './audit-log.ts';
import { createCountedEvents } from './counted-events.ts';

function aLog() {
  const rows: AuditRow[] = [];
  let at = Date.parse('2026-11-22T10:00:00Z');
  const commits = {
    append: async (row: AuditRow) => {
      rows.push(row);
      return true;
    },
  };
  let full = false;
  const counted = createCountedEvents({ commits, reserveReached: () => full, now: () => new Date(at) });
  const denials = { ...createAnonymousDenials(counted), flush: counted.flush };
  return {
    denials,
    fill: (isFull: boolean) => {
      full = isFull;
    },
    rows,
    pass: (ms: number) => {
      at += ms;
    },
    details: () => rows.map(row => JSON.parse(row.entry).detail as { count: number; because: string }),
  };
}

const from = (clientAddress: string) => aDecidedCall({ call: aCall({ clientAddress }) });

describe('rule 23: denials of callers whom nobody knows', () => {
  it('are in the log of the deployment at once, and in no tenant’s', async () => {
    const { denials, rows } = aLog();
    await denials.record(from('192.0.2.1'), 'unknown_credentials');
    assert.equal(rows.length, 1);
    assert.equal(rows[0]?.workspaceId, null);
    assert.equal(rows[0]?.principalId, null);
  });

  it('are counted, not listed, when there are many', async () => {
    const { denials, details, pass } = aLog();
    for (let i = 0; i < 1_000; i++) await denials.record(from('192.0.2.1'), 'no_credentials');
    assert.deepEqual(
      details().map(detail => detail.count),
      [1],
    );
    pass(minuteMs);
    await denials.record(from('192.0.2.1'), 'no_credentials');
    assert.deepEqual(
      details().map(detail => detail.count),
      [1, 999, 1],
    );
  });

  it('are told apart by address and reason', async () => {
    const { denials, rows } = aLog();
    await denials.record(from('192.0.2.1'), 'no_credentials');
    await denials.record(from('192.0.2.2'), 'no_credentials');
    await denials.record(from('192.0.2.1'), 'expired_credentials');
    assert.equal(rows.length, 3);
  });

  it('leave the reserve of the disk to callers who are known, and are written of when there is room again', async () => {
    const { denials, rows, details, fill } = aLog();
    fill(true);
    for (let i = 0; i < 10; i++) await denials.record(from('192.0.2.1'), 'no_credentials');
    await denials.flush();
    assert.equal(rows.length, 0);
    fill(false);
    await denials.flush();
    assert.deepEqual(
      details().map(detail => detail.count),
      [10],
    );
  });

  it('are bounded, however many addresses they come from', async () => {
    const { denials, rows, details } = aLog();
    for (let i = 0; i < 5_000; i++) await denials.record(from(`2001:db8::${i.toString(16)}`), 'no_credentials');
    assert.ok(rows.length < 300, `${rows.length} rows`);
    await denials.flush();
    assert.equal(
      details().reduce((sum, detail) => sum + detail.count, 0),
      5_000,
    );
  });
});
