import { systemGroup } from '../place-of.ts';
import { reservedPart } from './ledger.ts';
import type { SpentCalls } from './spent-lately.ts';

/**
 * How much of a limit each group took lately: the reports of all processes, and what this process has counted since.
 */
export interface Spending {
  count(group: string): void;
  /** Whether the group has had less than half of the reserved part. Portcullis itself never counts as such a group. */
  isLittle(group: string, perMinute: number): boolean;
  /** The counts since the last report. They go on counting here until it is known whether the report arrived. */
  report(): SpentCalls;
  /** The report did not arrive. */
  giveBack(): void;
  /** The report arrived; this is what all processes have reported. */
  learn(spent: SpentCalls): void;
}

export function createSpending(): Spending {
  let counted = new Map<string, number>();
  let told = new Map<string, number>();
  let known: SpentCalls = {};
  const add = (group: string, calls: number) => counted.set(group, (counted.get(group) ?? 0) + calls);
  return {
    count: group => add(group, 1),
    isLittle(group, perMinute) {
      if (group === systemGroup) return false;
      const spent = (known[group] ?? 0) + (told.get(group) ?? 0) + (counted.get(group) ?? 0);
      return spent < Math.max(1, (perMinute * reservedPart) / 2);
    },
    report() {
      told = counted;
      counted = new Map();
      return Object.fromEntries(told);
    },
    giveBack() {
      for (const [group, calls] of told) add(group, calls);
      told = new Map();
    },
    learn(spent) {
      known = spent;
      told = new Map();
    },
  };
}
