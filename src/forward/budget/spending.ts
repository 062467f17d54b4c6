import { systemGroup } from '../place-of.ts';
import { reservedPart, type Spent } from './ledger.ts';

/** Who has taken how much of a limit in this minute: what all processes had reported, and what this one has seen since. */
export interface Spending {
  count(group: string): void;
  /** Has had less than half of what is kept for such as they. Portcullis itself never has. */
  isLittle(group: string, perMinute: number): boolean;
  /** What was counted since the last time. */
  report(): Spent;
  /** A report did not arrive. */
  giveBack(report: Spent): void;
  /** What all processes have reported of a minute that is over in `goodForMs`. */
  learn(spent: Spent, goodForMs: number): void;
}

export function createSpending(monotonicMs: () => number): Spending {
  let counted = new Map<string, number>();
  let known: Spent = {};
  let goodUntilMs = 0;
  const add = (group: string, calls: number) => counted.set(group, (counted.get(group) ?? 0) + calls);
  return {
    count: group => add(group, 1),
    isLittle(group, perMinute) {
      if (group === systemGroup) return false;
      if (monotonicMs() >= goodUntilMs) known = {};
      const spent = (known[group] ?? 0) + (counted.get(group) ?? 0);
      return spent < Math.max(1, (perMinute * reservedPart) / 2);
    },
    report() {
      const report = Object.fromEntries(counted);
      counted = new Map();
      return report;
    },
    giveBack(report) {
      for (const [group, calls] of Object.entries(report)) add(group, calls);
    },
    learn(spent, goodForMs) {
      known = spent;
      goodUntilMs = monotonicMs() + goodForMs;
    },
  };
}
