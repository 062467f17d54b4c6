import type { Bench, Claim } from './claim.ts';
import { leasedBudget } from './custody/leased-budget.ts';
import { refreshStorm } from './custody/refresh-storm.ts';
import { rotation } from './custody/rotation.ts';
import { warmToken } from './custody/warm-token.ts';

/** One file for each row: measured one after the other, so that none disturbs another. */
const rows: readonly (() => Promise<Claim>)[] = [warmToken, refreshStorm, rotation, leasedBudget];

/** What it costs to keep tokens safe and to share Notion's limits. */
export const custody: Bench = async () => {
  const claims: Claim[] = [];
  for (const row of rows) claims.push(await row());
  return claims;
};
