import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { freshDatabase, type TestDatabase } from '../../test/postgres.ts';
import { aWorkspace } from '../../test/store/rows.ts';
import { noMetrics } from '../domain/metrics.ts';
import { emptyLedger } from '../forward/budget/ledger.ts';
import { type Database, openDatabase } from './database.ts';
import { createRateLedgers } from './rate-ledgers.ts';
import type { Schema } from './schema.ts';

describe('rate ledgers in PostgreSQL', () => {
  let test: TestDatabase;
  let database: Database<Schema>;
  before(async () => {
    test = await freshDatabase({ migrated: true });
    database = openDatabase<Schema>(test.connection);
  });
  after(async () => {
    await database.close();
  });

  it('lose no change of those that are made at once', async () => {
    let contentions = 0;
    const ledgers = createRateLedgers(database, { ...noMetrics, leaseContended: () => contentions++ });
    const workspaceId = await aWorkspace(database);
    const addOne = () =>
      ledgers.change(workspaceId, 'workspace', ledger => {
        const perMinute = (ledger.perMinute ?? 0) + 1;
        return { ledger: { ...ledger, perMinute }, result: perMinute };
      });
    const results = await Promise.all(Array.from({ length: 12 }, addOne));
    assert.deepEqual(
      results.sort((a, b) => a - b),
      Array.from({ length: 12 }, (_, index) => index + 1),
    );
    assert.ok(contentions > 0);
  });

  it('begin empty, stand apart by scope and workspace, and go by the database’s clock', async () => {
    const ledgers = createRateLedgers(database, noMetrics);
    const [acme, globex] = [await aWorkspace(database), await aWorkspace(database)];
    const set = { ...emptyLedger, perMinute: 180 };
    const nowMs = await ledgers.change(acme, 'workspace', (_, nowMs) => ({ ledger: set, result: nowMs }));
    assert.ok(Math.abs(nowMs - Date.now()) < 5_000);
    for (const [workspaceId, scope] of [
      [acme, 'con_1'],
      [globex, 'workspace'],
    ] as const) {
      const found = await ledgers.change(workspaceId, scope, ledger => ({ ledger, result: ledger }));
      assert.deepEqual(found, emptyLedger);
    }
    assert.deepEqual(await ledgers.change(acme, 'workspace', ledger => ({ ledger, result: ledger })), set);
  });
});
