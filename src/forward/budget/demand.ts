/** Guesses how many calls will come while a slice is good, from how many came before. */
export interface ExpectedCalls {
  /** A call was taken. */
  count(): void;
  /** How low a slice may get before the next one is asked for. */
  lowWater(): number;
  /**
   * The number of calls to ask for now. 0 if none came since the last time. `left`: the unused calls of slices that
   * ended.
   */
  next(left: number): number;
}

const first = 8;

/** If the last slice was used up, twice as many as were used; otherwise a quarter more. */
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
