/**
 * Runs at most `atOnce` works at the same time, while at most `waiting` others wait. Null: there were more than that.
 */
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
      // The place goes directly to the next in line, so that a newcomer cannot take it.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
