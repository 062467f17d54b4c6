import type { Bench, Claim } from './claim.ts';
import { forwardRatio } from './custody/forward-ratio.ts';
import { refreshStorm } from './custody/refresh-storm.ts';
import { rotation } from './custody/rotation.ts';

/** Measured one after the other, so that none disturbs another. */
const parts: readonly (() => Promise<Claim[]>)[] = [
  () => forwardRatio('sealed token', 'a warm sealed token, against a token in memory'),
  async () => [await refreshStorm()],
  async () => [await rotation()],
  () => forwardRatio('leased budget', 'the leased budget, against none'),
];

/** What it costs to keep tokens safe and to share Notion's limits. */
export const custody: Bench = async () => {
  const claims: Claim[] = [];
  for (const part of parts) claims.push(...(await part()));
  return claims;
};
