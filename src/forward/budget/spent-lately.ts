import { countedMs } from './counted-calls.ts';

/** Calls from slices, by the group of principals that made them. */
export type SpentCalls = Readonly<Record<string, number>>;

/** Who has taken how much since `spentSinceMs`, and in the time before that was as long. Only those who took most. */
export interface SpentLately {
  readonly spent: SpentCalls;
  readonly spentBefore: SpentCalls;
  readonly spentSinceMs: number;
}

/** When Notion said to come back, it counts anew, and so everybody is one who has had nothing. */
type Before = SpentLately & { readonly blockedUntilMs: number };

/** That many groups are remembered. Those who took least are forgotten, and count as having had little. */
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

/** Of the time before, as much as still counts: else who floods would be one who has had nothing whenever a new one begins. */
export function spentLately({ spent, spentBefore, spentSinceMs }: SpentLately, nowMs: number): SpentCalls {
  const part = 1 - (nowMs - spentSinceMs) / countedMs;
  const sums = { ...spent };
  for (const [group, calls] of Object.entries(spentBefore)) sums[group] = (sums[group] ?? 0) + calls * part;
  return sums;
}
