import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '../../src/domain/ids.ts';
import { noMetrics } from '../../src/domain/metrics.ts';
import { createRateBudget } from '../../src/forward/budget/budget.ts';
import { emptyLedger } from '../../src/forward/budget/ledger.ts';
import type { Forward } from '../../src/forward/forward.ts';
import { openDatabase } from '../../src/store/database.ts';
import { startEmbeddedPostgres } from '../../src/store/embedded/embedded-postgres.ts';
import { migrate } from '../../src/store/migrate.ts';
import { createRateLedgers } from '../../src/store/rate-ledgers.ts';
import type { Schema } from '../../src/store/schema.ts';
import * as fixtures from '../../test/fixtures.ts';
import { aForward } from '../../test/forward/a-forward.ts';
import { aWorkspace } from '../../test/store/rows.ts';
import { startChild } from '../child.ts';
import { atMost, type Claim } from '../claim.ts';
import { median } from '../median.ts';

const rounds = 9;
const callsPerRound = 10_000;
const callers = 32;
/** Far above what this machine can send, so that the budget leases slices all the time and refuses nothing. */
const perMinute = 100_000_000;

/**
 * The step that sends, in front of an upstream that costs next to nothing: with a budget whose slices are leased from
 * PostgreSQL, and without one. They take turns.
 */
export async function leasedBudget(): Promise<Claim> {
  await using upstream = await startChild<{ origin: string }>(
    new URL('../rest-door/upstream.ts', import.meta.url),
    null,
  );
  const directory = await mkdtemp(join(tmpdir(), 'portcullis-bench-'));
  const postgres = await startEmbeddedPostgres({ dataDir: directory, log: { info: () => {}, warn: () => {} } });
  const database = openDatabase<Schema>(postgres.connection);
  try {
    await database.asOwner(client => migrate(client, new URL('../../src/store/migrations/', import.meta.url)));
    const workspaceId = await aWorkspace(database);
    const connectionId = newId('con');
    const ledgers = createRateLedgers(database, noMetrics);
    for (const scope of ['workspace', connectionId] as const) {
      await ledgers.change(workspaceId, scope, (_, nowMs) => ({
        ledger: { ...emptyLedger, perMinute, learnedAtMs: nowMs },
        result: null,
      }));
    }
    const budget = createRateBudget({
      ledgers,
      metrics: noMetrics,
      onTrouble: error => console.error(error),
      monotonicMs: () => performance.now(),
    });
    await using plain = aForward(upstream.ready);
    await using leased = aForward(upstream.ready, { budget });
    const facts = fixtures.someFacts({ workspaceId, connection: { id: connectionId, because: 'only_one' } });
    const makeCalls = (forward: Forward) => timeOf(() => callsOf(forward, facts));
    for (const { forward } of [plain, leased]) await makeCalls(forward);
    const ratios: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const [plainMs, leasedMs] = [await makeCalls(plain.forward), await makeCalls(leased.forward)];
      ratios.push(leasedMs / plainMs);
    }
    await budget.close();
    return atMost('time of a call with the leased budget, against none', median(ratios), 'x', 1.05);
  } finally {
    await database.close();
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function callsOf(forward: Forward, facts: ReturnType<typeof fixtures.someFacts>): Promise<void> {
  let left = callsPerRound;
  const work = async (): Promise<void> => {
    const caller = fixtures.aCaller();
    while (left-- > 0) await forward(fixtures.aRuling({ caller, facts, decidedAt: new Date() }));
  };
  await Promise.all(Array.from({ length: callers }, work));
}

async function timeOf(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
