import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { type EmulatorControl, emulatorControl } from '../../emulator/control.ts';
import { type Emulator, startEmulator } from '../../emulator/server.ts';
import { newId, type WorkspaceId } from '../../src/domain/ids.ts';
import { noMetrics } from '../../src/domain/metrics.ts';
import { minuteMs, secondMs } from '../../src/domain/units.ts';
import { emptyLedger, type Ledger } from '../../src/forward/budget/ledger.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { createRateLedgers } from '../../src/store/rate-ledgers.ts';
import type { Schema } from '../../src/store/schema.ts';
import { end, endOf, nextMessage } from '../children.ts';
import { freshDatabase, type TestDatabase } from '../postgres.ts';
import { aWorkspace } from '../store/rows.ts';
import type { Orders, Report } from './calling-process.ts';

/** Starts processes that are ready before any of them begins, and answers with their reports. */
async function callFrom(orders: readonly Orders[]): Promise<Report[]> {
  const children = orders.map(() => fork(new URL('./calling-process.ts', import.meta.url)));
  await Promise.all(children.map(child => nextMessage(child)));
  return Promise.all(
    children.map(async (child, index) => {
      child.send(orders[index] as Orders);
      const report = await nextMessage<Report>(child);
      await endOf(child);
      return report;
    }),
  );
}

async function killAfterCalls(orders: Orders): Promise<void> {
  const child = fork(new URL('./calling-process.ts', import.meta.url));
  await nextMessage(child);
  child.send(orders);
  await nextMessage(child);
  await end(child, 'SIGKILL');
}

function sum(reports: readonly Report[], read: (report: Report) => number): number {
  return reports.reduce((total, report) => total + read(report), 0);
}

describe('the rate budget of two processes that share a database', () => {
  let test: TestDatabase;
  let database: Database<Schema>;
  let notion: Emulator;
  let control: EmulatorControl;
  let workspaceId: WorkspaceId;

  before(async () => {
    test = await freshDatabase({ migrated: true });
    database = openDatabase<Schema>(test.connection);
    notion = await startEmulator();
    control = emulatorControl(notion.url, notion.controlToken);
    workspaceId = await aWorkspace(database);
  });
  after(async () => {
    await notion.close();
    await database.close();
  });

  const ledgers = () => createRateLedgers(database, noMetrics);
  const sentToNotion = async () => (await control.requests({})).filter(({ path }) => path === '/v1/users/me').length;

  function orders(change: Partial<Orders>): Orders {
    return {
      databaseUrl: test.url,
      origin: notion.url,
      token: notion.internalToken,
      workspaceId,
      connectionId: newId('con'),
      principal: newId('agt'),
      calls: 200,
      atOnce: 16,
      ...change,
    };
  }

  it('keeps their sum below a limit that is known, and makes use of it', async () => {
    await control.settings({ rateLimits: { perConnection: 60, perWorkspace: 'off' } });
    const same = orders({});
    await ledgers().change(workspaceId, same.connectionId, (_, nowMs) => ({
      ledger: { ...emptyLedger, perMinute: 60, learnedAtMs: nowMs },
      result: null,
    }));
    const reports = await callFrom([same, { ...same, principal: newId('agt') }]);
    assert.equal(
      sum(reports, report => report.refusedByNotion),
      0,
    );
    const passed = sum(reports, report => report.passed);
    assert.ok(passed >= 54 && passed <= 60, `${passed} passed`);
    assert.equal(await sentToNotion(), passed);
    assert.equal(
      sum(reports, report => report.refusedHere),
      400 - passed,
    );
    for (const { retryAfterSecondsMax: seconds } of reports) assert.ok(seconds > 40 && seconds <= 64, `${seconds} s`);
  });

  it('counts what a killed one had leased as sent, and gives it back when that is a minute ago', async () => {
    await control.clearRequests({});
    await control.setClock({ advanceMs: 2 * minuteMs });
    const same = orders({ calls: 100 });
    const change = (to: (ledger: Ledger, nowMs: number) => Ledger) =>
      ledgers().change(workspaceId, same.connectionId, (ledger, nowMs) => ({
        ledger: to(ledger, nowMs),
        result: null,
      }));
    await change((_, nowMs) => ({ ...emptyLedger, perMinute: 60, learnedAtMs: nowMs }));
    await killAfterCalls({ ...same, calls: 3, atOnce: 1, keepSlice: true });
    const [next] = await callFrom([same]);
    const passed = (next?.passed ?? 0) + 3;
    assert.ok(passed < 54, `${passed} passed: what it held is taken for sent`);
    assert.equal(await sentToNotion(), passed);

    // A minute passes, here and at Notion.
    await change(ledger => ({
      ...ledger,
      taken: Object.fromEntries(Object.entries(ledger.taken).map(([second, count]) => [Number(second) - 63, count])),
    }));
    await control.setClock({ advanceMs: 63 * secondMs });
    const [later] = await callFrom([same]);
    assert.deepEqual([later?.passed, later?.refusedByNotion], [54, 0]);
  });

  for (const [scope, rateLimits] of [
    ['connection', { perConnection: 50, perWorkspace: 'off' }],
    ['workspace', { perConnection: 'off', perWorkspace: 50 }],
  ] as const) {
    it(`sends nothing more while a refusal that means the ${scope} says so, and learns no limit from it`, async () => {
      await control.setClock({ advanceMs: 2 * minuteMs });
      await control.settings({ rateLimits });
      const order = orders({ workspaceId: await aWorkspace(database), calls: 100, atOnce: 8 });
      const reports = await callFrom([order, { ...order, principal: newId('agt') }]);
      assert.equal(
        sum(reports, report => report.passed),
        50,
      );
      const refused = sum(reports, report => report.refusedByNotion);
      assert.ok(refused >= 1 && refused <= 16, `${refused}: those under way when the first was refused, and no others`);
      const learned = await ledgers().change(
        order.workspaceId,
        scope === 'workspace' ? 'workspace' : order.connectionId,
        ledger => ({ ledger, result: ledger.perMinute }),
      );
      assert.equal(learned, null);
      const later = await callFrom([order]);
      assert.equal(
        sum(later, report => report.refusedHere),
        100,
        'a process that starts now knows it already',
      );
    });
  }
});
