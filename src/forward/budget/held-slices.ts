import type { Slice } from './ledger.ts';

/** A slice with what is left of it. */
export interface HeldSlice {
  readonly second: number;
  readonly goodUntilMs: number;
  readonly granted: number;
  common: number;
  reserved: number;
}

/** The slices that this process holds, oldest first. */
export interface HeldSlices {
  add(slice: Slice, goodUntilMs: number): void;
  /** The slice to take the next call from: the oldest that is still good. */
  next(mayTakeReserved: () => boolean): HeldSlice | undefined;
  isNewest(slice: HeldSlice): boolean;
  /** A call that was taken has not been sent. False when no slice lacks one: then it was of a slice that is over. */
  putBack(): boolean;
  /** Takes out those that are over, or all. */
  takeEnded(all: boolean): readonly HeldSlice[];
  /** Puts back what was taken out. */
  restore(ended: readonly HeldSlice[]): void;
  drop(): void;
}

export function createHeldSlices(monotonicMs: () => number): HeldSlices {
  let held: HeldSlice[] = [];
  return {
    add({ second, common, reserved }, goodUntilMs) {
      held.push({ second, common, reserved, goodUntilMs, granted: common });
    },
    next(mayTakeReserved) {
      if (held.length === 0) return undefined;
      const nowMs = monotonicMs();
      return held.find(
        ({ goodUntilMs, common, reserved }) =>
          nowMs < goodUntilMs && (common > 0 || (reserved > 0 && mayTakeReserved())),
      );
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
