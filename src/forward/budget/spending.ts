import { minuteMs } from '../../domain/units.ts';
import { reservedPart } from './ledger.ts';

/** Who has taken how much of a limit in this minute, on this instance. */
export interface Spending {
  count(principal: string): void;
  /** Has had less than half of what is kept for such as they. */
  isLittle(principal: string, perMinute: number): boolean;
}

export function createSpending(monotonicMs: () => number): Spending {
  let sinceMs = Number.NEGATIVE_INFINITY;
  const calls = new Map<string, number>();
  const startMinute = () => {
    if (monotonicMs() - sinceMs < minuteMs) return;
    sinceMs = monotonicMs();
    calls.clear();
  };
  return {
    count(principal) {
      startMinute();
      calls.set(principal, (calls.get(principal) ?? 0) + 1);
    },
    isLittle(principal, perMinute) {
      startMinute();
      return (calls.get(principal) ?? 0) < Math.max(1, (perMinute * reservedPart) / 2);
    },
  };
}
