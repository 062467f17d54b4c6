import { minuteMs } from '../../domain/units.ts';
import { sliceMs } from './counted-calls.ts';

/** For limits that refuse bursts: calls go one after the other, each at a time of its own. */
export interface EvenPace {
  /** When the next call may go that nobody has leased yet. */
  readonly nextAtMs: number;
}

/** Calls that may be sent, the first after `inMs` and each other `everyMs` after the one before. */
export interface PacedSlice {
  readonly count: number;
  readonly inMs: number;
  readonly everyMs: number;
}

/**
 * Leases calls that are due while a slice is good: half of them at most, so that the other processes find something too.
 *
 * @param freeFromMs Notion's wait ends then; nothing is due before
 */
export function leaseEvenly(
  { nextAtMs }: EvenPace,
  limit: { perMinute: number; freeFromMs: number },
  wanted: number,
  nowMs: number,
): PacedSlice & { readonly nextAtMs: number; readonly retryInMs: number } {
  const everyMs = minuteMs / limit.perMinute;
  const fromMs = Math.max(nowMs, limit.freeFromMs, nextAtMs);
  const due = Math.max(0, Math.floor((nowMs + sliceMs - fromMs) / everyMs) + 1);
  // Where less than one is due in that time, one is leased for later: else a slow limit would never be used.
  const count = Math.min(wanted, Math.max(Math.ceil(due / 2), fromMs - nowMs <= everyMs ? 1 : 0));
  const inMs = fromMs - nowMs;
  return { count, inMs, everyMs, nextAtMs: fromMs + count * everyMs, retryInMs: inMs };
}

/** Calls that were leased and not sent. What is past stays past: it makes no burst. */
export function returnEvenly({ nextAtMs }: EvenPace, count: number, everyMs: number): EvenPace {
  return { nextAtMs: nextAtMs - count * everyMs };
}
