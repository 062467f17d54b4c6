/** Guesses how many calls will come while a slice is good, from how many came before. */
export interface ExpectedCalls {
  /** A call was taken. */
  count(): void;
  /** How low a slice may get before the next one is asked for. */
  lowWater(): number;
  /** Calls to ask for now. 0 when none came since the last time. `left`: of slices that ended, what nobody wanted. */
  next(left: number): number;
}

const first = 8;

/** Twice what was used, if that was all there was; a quarter more than was used, if something was left. */
export function createDemand(): ExpectedCalls {
  let expected = first;
  let used = 0;
  return {
    count() {
      used++;
    },
    lowWater: () => expected / 4,
    next(left) {
      if (used === 0) return 0;
      expected = left > 0 ? Math.ceil(used * 1.25) : Math.max(first, expected, used * 2);
      used = 0;
      return expected;
    },
  };
}
