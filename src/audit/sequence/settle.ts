import { setTimeout } from 'node:timers/promises';
import type { Sequencing } from './sequencing.ts';

/**
 * Waits until everything has its place that was durable when this was asked, for that long at most. False: something still
 * waits, because the sequencer is in trouble or may not sign.
 */
export type Settle = (patienceMs: number) => Promise<boolean>;

/** Between two looks at whether what waited has its place. */
const lookAgainMs = 50;

export function createSettle(parts: {
  sequencing: Pick<Sequencing, 'mark' | 'isPlaced'>;
  /** Asks for a round at once, where that is possible. */
  hurry: () => Promise<void>;
}): Settle {
  const { sequencing, hurry } = parts;
  return async patienceMs => {
    const mark = await sequencing.mark();
    for (let left = patienceMs; left > 0; left -= lookAgainMs) {
      // Another instance may be the sequencer, or this one may be in trouble, which is reported where that is found.
      await hurry().catch(() => {});
      if (await sequencing.isPlaced(mark)) return true;
      await setTimeout(lookAgainMs);
    }
    return false;
  };
}
