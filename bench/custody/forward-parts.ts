import type { ConnectionId, WorkspaceId } from '../../src/domain/ids.ts';
import { noMetrics } from '../../src/domain/metrics.ts';
import { createRateBudget } from '../../src/forward/budget/budget.ts';
import { emptyLedger } from '../../src/forward/budget/ledger.ts';
import type { ForwardParts } from '../../src/forward/forward.ts';
import { createRateLedgers } from '../../src/store/rate-ledgers.ts';
import { someTokens } from '../../test/forward/a-forward.ts';
import type { Vault } from './vault.ts';

/** What the step that sends asks at every call, and what this bench exchanges. */
export type Parts = Pick<ForwardParts, 'tokens' | 'budget'>;

export interface Place {
  readonly vault: Vault;
  readonly origin: string;
  readonly workspaceId: WorkspaceId;
  readonly connectionId: ConnectionId;
}

/** A token that was never anywhere but in memory, and no budget. */
export function plainParts({ origin }: Place): Parts {
  return { tokens: someTokens(origin), budget: { take: () => null, giveBack: () => {}, answered: () => {} } };
}

/** Each is measured in the place of a plain one. */
export const measuredParts = { 'sealed token': openSealedToken, 'leased budget': openLeasedBudget };

export type MeasuredPart = keyof typeof measuredParts;

/** A token that is sealed in the database. The first call opens it; from then on it is warm. */
async function openSealedToken({ vault: { tokens } }: Place): Promise<Partial<Parts>> {
  return { tokens };
}

/** Far above what this machine can send, so that the budget leases slices all the time and refuses nothing. */
const perMinute = 100_000_000;

async function openLeasedBudget({ vault, workspaceId, connectionId }: Place): Promise<Partial<Parts>> {
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
  return { budget };
}
