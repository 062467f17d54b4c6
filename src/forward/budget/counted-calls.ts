import { minuteMs, secondMs } from '../../domain/units.ts';

/** How many calls, by the second. */
export type Seconds = Readonly<Record<string, number>>;

/** What counts against a limit. */
export interface CountedCalls {
  /** Calls taken from the limit, by the second in which they were. */
  readonly taken: Seconds;
  /** The time at which Notion said to come back; calls before it no longer count. */
  readonly blockedUntilMs: number;
}

/** How long a slice is good for. */
export const sliceMs = 2 * secondMs;

/** Calls are counted for a minute after their slice has ended, and one second more because seconds are not cut finer. */
export const countedMs = minuteMs + sliceMs + secondMs;

/** How long until less than so many calls count. */
export function nextChanceMs(counted: CountedCalls, most: number, nowMs: number): number {
  if (nowMs < counted.blockedUntilMs) return counted.blockedUntilMs - nowMs;
  let over = countedAt(counted, nowMs) - most + 1;
  for (const [second, count] of Object.entries(counted.taken)) {
    if (over <= 0) break;
    if (!counts(counted, Number(second), nowMs)) continue;
    over -= count;
    if (over <= 0) return Number(second) * secondMs + countedMs - nowMs;
  }
  return 0;
}

export function countedAt(counted: CountedCalls, nowMs: number): number {
  let sum = 0;
  for (const [second, count] of Object.entries(counted.taken)) {
    if (counts(counted, Number(second), nowMs)) sum += count;
  }
  return sum;
}

/** Notion counts anew after the time that it named, and so do we. */
function counts({ blockedUntilMs }: CountedCalls, second: number, nowMs: number): boolean {
  const atMs = second * secondMs;
  return atMs + countedMs > nowMs && (nowMs < blockedUntilMs || atMs + secondMs > blockedUntilMs);
}

/** Keys that are whole numbers come in ascending order (ECMA-262, OrdinaryOwnPropertyKeys): oldest first. */
export function recent(seconds: Seconds, nowMs: number): Record<string, number> {
  return Object.fromEntries(
    Object.entries(seconds).filter(([second]) => Number(second) * secondMs + countedMs > nowMs),
  );
}

export function add(seconds: Record<string, number>, second: number, count: number): void {
  const sum = (seconds[second] ?? 0) + count;
  // Calls that are returned after they ceased to count would make the sum negative.
  if (sum > 0) seconds[second] = sum;
  else delete seconds[second];
}
