import { setTimeout as delay } from 'node:timers/promises';

/** Waits for a condition, asking every few milliseconds; fails with `what` was waited for after `msMax`. */
export async function until(what: string, condition: () => boolean | Promise<boolean>, msMax = 15_000): Promise<void> {
  const deadline = performance.now() + msMax;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited ${msMax} ms in vain for: ${what}`);
    await delay(5);
  }
}
