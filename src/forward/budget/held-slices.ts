import { sliceMs } from './counted-calls.ts';
import type { Slice } from './ledger.ts';

/** A slice with the rest of its calls. */
export interface HeldSlice extends Slice {
  readonly leasedAtMs: number;
  readonly goodUntilMs: number;
  readonly granted: number;
  common: number;
  reserved: number;
}

/** The slices that this process holds, oldest first. */
export interface HeldSlices {
  /** Returns the time for which the slice is valid. */
  add(slice: Slice, leasedAtMs: number): number;
  /** The slice to take the next call from: the oldest that is still good. */
  next(mayTakeReserved: () => boolean): HeldSlice | undefined;
  /** The time until a leased call is due; null if none is leased. */
  nextDueMs(): number | null;
  isNewest(slice: HeldSlice): boolean;
  /** A call that was taken has not been sent. False when no slice lacks one: then it was of a slice that is over. */
  putBack(): boolean;
  /** Takes out those that are over, or all. */
  takeEnded(all: boolean): readonly HeldSlice[];
  /** Puts slices back that were taken out. */
  restore(ended: readonly HeldSlice[]): void;
  drop(): void;
}

export function createHeldSlices(monotonicMs: () => number): HeldSlices {
  let held: HeldSlice[] = [];
  return {
    add(slice, leasedAtMs) {
      const { common: granted, evenly } = slice;
      const lastsMs = sliceMs + (evenly === null ? 0 : evenly.inMs + granted * evenly.everyMs);
      held.push({ ...slice, leasedAtMs, granted, goodUntilMs: leasedAtMs + lastsMs });
      return lastsMs;
    },
    next(mayTakeReserved) {
      if (held.length === 0) return undefined;
      const nowMs = monotonicMs();
      return held.find(slice => {
        if (nowMs >= slice.goodUntilMs) return false;
        return slice.common > 0 ? dueAtMs(slice) <= nowMs : slice.reserved > 0 && mayTakeReserved();
      });
    },
    nextDueMs() {
      const nowMs = monotonicMs();
      const due = held.filter(({ common, goodUntilMs }) => common > 0 && nowMs < goodUntilMs).map(dueAtMs);
      return due.length === 0 ? null : Math.max(0, Math.min(...due) - nowMs);
    },
    isNewest: slice => slice === held.at(-1),
    putBack() {
      // More than was granted would be more than the limit.
      const slice = held.find(({ common, granted }) => common < granted);
      if (slice !== undefined) slice.common++;
      return slice !== undefined;
    },
    takeEnded(all) {
      const nowMs = monotonicMs();
      const ended = held.filter(({ goodUntilMs }) => all || nowMs >= goodUntilMs);
      held = held.filter(slice => !ended.includes(slice));
      return ended;
    },
    restore(ended) {
      held = [...ended, ...held];
    },
    drop() {
      held = [];
    },
  };
}

/** Spaced calls have a time each; other calls may go at once. */
function dueAtMs({ leasedAtMs, evenly, granted, common }: HeldSlice): number {
  return evenly === null ? leasedAtMs : leasedAtMs + evenly.inMs + (granted - common) * evenly.everyMs;
}
