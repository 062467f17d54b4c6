import { minuteMs } from '../../domain/units.ts';
import { sliceMs } from './counted-calls.ts';

/** For limits that refuse bursts: calls are sent one after the other, each at its own time. */
export interface EvenPace {
  /** The time of the next call that no process has leased yet. */
  readonly nextAtMs: number;
}

/** Calls that may be sent: the first after `inMs`, each further one `everyMs` after the one before. */
export interface PacedSlice {
  readonly count: number;
  readonly inMs: number;
  readonly everyMs: number;
}

/**
 * Leases the calls that are due while a slice is valid. It takes half of them at most, so that the other processes find
 * some too.
 *
 * @param freeFromMs the end of Notion's wait; nothing is due before
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
  // If less than one call is due in that time, one is leased for later: otherwise a slow limit would never be used.
  const count = Math.min(wanted, Math.max(Math.ceil(due / 2), fromMs - nowMs <= everyMs ? 1 : 0));
  const inMs = fromMs - nowMs;
  return { count, inMs, everyMs, nextAtMs: fromMs + count * everyMs, retryInMs: inMs };
}

/** Takes back calls that were leased and not sent. Times in the past are lost: they would make a burst. */
export function returnEvenly({ nextAtMs }: EvenPace, count: number, everyMs: number): EvenPace {
  return { nextAtMs: nextAtMs - count * everyMs };
}
