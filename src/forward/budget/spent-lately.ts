import { countedMs } from './counted-calls.ts';

/** Calls from slices, by the group of principals that made them. */
export type SpentCalls = Readonly<Record<string, number>>;

/**
 * How much each group took since `spentSinceMs`, and in the period of the same length before that. Only the groups that
 * took most.
 */
export interface SpentLately {
  readonly spent: SpentCalls;
  readonly spentBefore: SpentCalls;
  readonly spentSinceMs: number;
}

/** After the time at which Notion said to come back, counting starts anew: every group has had nothing. */
type Before = SpentLately & { readonly blockedUntilMs: number };

/** The number of remembered groups. Those that took least are forgotten, and count as having had little. */
const spendersMax = 50;

export function addSpent(before: Before, more: SpentCalls, nowMs: number): SpentLately {
  const { spent, spentBefore, spentSinceMs } = sinceLately(before, nowMs);
  const sums = { ...spent };
  for (const [group, calls] of Object.entries(more)) sums[group] = (sums[group] ?? 0) + calls;
  const most = Object.entries(sums).sort(([, a], [, b]) => b - a);
  return { spent: Object.fromEntries(most.slice(0, spendersMax)), spentBefore, spentSinceMs };
}

function sinceLately({ spent, spentBefore, spentSinceMs, blockedUntilMs }: Before, nowMs: number): SpentLately {
  const countsAnew = spentSinceMs < blockedUntilMs && blockedUntilMs <= nowMs;
  if (countsAnew || nowMs - spentSinceMs >= 2 * countedMs) return { spent: {}, spentBefore: {}, spentSinceMs: nowMs };
  if (nowMs - spentSinceMs < countedMs) return { spent, spentBefore, spentSinceMs };
  return { spent: {}, spentBefore: spent, spentSinceMs: spentSinceMs + countedMs };
}

/**
 * Of the period before, the part that still counts. Without it, a flooding group would count as having had nothing at
 * each start of a period.
 */
export function spentLately({ spent, spentBefore, spentSinceMs }: SpentLately, nowMs: number): SpentCalls {
  const part = 1 - (nowMs - spentSinceMs) / countedMs;
  const sums = { ...spent };
  for (const [group, calls] of Object.entries(spentBefore)) sums[group] = (sums[group] ?? 0) + calls * part;
  return sums;
}
