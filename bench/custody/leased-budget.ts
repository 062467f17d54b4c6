import { noMetrics } from '../../src/domain/metrics.ts';
import { createRateBudget } from '../../src/forward/budget/budget.ts';
import { emptyLedger } from '../../src/forward/budget/ledger.ts';
import { createRateLedgers } from '../../src/store/rate-ledgers.ts';
import { atMost, type Claim } from '../claim.ts';
import { forwardRatio, type Parts, type Place } from './forward-ratio.ts';

/** Far above what this machine can send, so that the budget leases slices all the time and refuses nothing. */
const perMinute = 100_000_000;

/** With a budget whose slices are leased from PostgreSQL, and without one. */
export async function leasedBudget(): Promise<Claim> {
  return atMost('time of a call with the leased budget, against none', await forwardRatio(openBudget), 'x', 1.05);
}

async function openBudget({ vault, workspaceId, connectionId }: Place): Promise<Parts> {
  const ledgers = createRateLedgers(vault.database, noMetrics);
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
  return { budget, close: budget.close };
}
