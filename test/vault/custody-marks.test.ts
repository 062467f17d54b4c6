/** Acknowledging a restoration while gateways go on noticing it. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { createCustodyMarks } from '../../src/store/custody/custody-marks.ts';
import { until } from '../until.ts';
import { aConnection, type Custody, openCustody, openVault } from './a-custody.ts';

describe('a restoration', () => {
  let custody: Custody;
  beforeEach(async () => {
    custody = await openCustody();
    await aConnection(custody, await openVault(custody, [await custody.file('root.key')]));
  });
  afterEach(() => custody.close());

  it('rule 20: stays acknowledged when a gateway notes it at that very moment', async () => {
    const { asSystem } = custody.database;
    const marks = createCustodyMarks(custody.database);
    await marks.noteRestoration(4);
    const waiting = (count: number) =>
      asSystem(async client => {
        const { rowCount } = await client.query(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return rowCount === count;
      });
    const racing: Promise<unknown>[] = [];
    // Stopped half-way, so that the gateway's look falls between the operator's two changes.
    await asSystem(async client => {
      await client.query('BEGIN; SELECT FROM custody_mark FOR UPDATE');
      racing.push(marks.acknowledge('somebody'));
      await until('the operator to wait', () => waiting(1));
      racing.push(marks.noteRestoration(4));
      await until('the gateway to wait', () => waiting(2));
      await client.query('COMMIT');
    });
    await Promise.all(racing);
    assert.equal(await marks.openRestoration(), null);
    assert.equal(await marks.current(), 5);
  });
});
