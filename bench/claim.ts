/** One measured claim. */
export interface Claim {
  readonly claim: string;
  readonly value: number;
  readonly unit: string;
  readonly target: string;
  readonly holds: boolean;
}

/** A bench: measures, prints what it sees for people, and returns what it found. */
export type Bench = () => Promise<Claim[]>;

/** A claim that a value reaches a number at least. */
export function atLeast(claim: string, value: number, unit: string, target: number): Claim {
  return { claim, value: rounded(value), unit, target: `>= ${target}`, holds: value >= target };
}

/** A claim that a value stays within a number. */
export function atMost(claim: string, value: number, unit: string, target: number): Claim {
  return { claim, value: rounded(value), unit, target: `<= ${target}`, holds: value <= target };
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
