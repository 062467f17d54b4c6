import { setTimeout as delay } from 'node:timers/promises';

/** Far more than anything takes: it ends the wait for what never comes. A machine that is busy is no failure. */
const msMax = 60_000;

/** Waits for a condition, asking every few milliseconds; fails with `what` was waited for. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + msMax;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited ${msMax} ms in vain for: ${what}`);
    await delay(5);
  }
}
