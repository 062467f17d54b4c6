/** Runs work for at most `atOnce` at the same time, while at most `waiting` others wait. Null: there are more than that. */
export function fewAtOnce(limits: { readonly atOnce: number; readonly waiting: number }) {
  let running = 0;
  const waiting: (() => void)[] = [];

  return async function inTurn<T>(work: () => Promise<T>): Promise<T | null> {
    if (running < limits.atOnce) running += 1;
    else if (waiting.length < limits.waiting) await new Promise<void>(resolve => waiting.push(resolve));
    else return null;
    try {
      return await work();
    } finally {
      // The place goes to the next, so that nobody gets in between.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
