import { startChild } from '../child.ts';
import { atMost, type Claim } from '../claim.ts';
import { median } from '../median.ts';
import type { MeasuredPart } from './forward-parts.ts';
import type { Sample } from './forward-sample.ts';

const processes = 5;

/** What a call costs with a part, against one without it: the median of fresh processes, and how well that is known. */
export async function forwardRatio(part: MeasuredPart, claim: string): Promise<Claim[]> {
  const samples: Sample[] = [];
  for (let run = 1; run <= processes; run++) {
    await using child = await startChild<Sample>(new URL('./forward-sample.ts', import.meta.url), part);
    const { measured, identity } = child.ready;
    console.log(`${part} ${run} of ${processes}  ${measured.toFixed(3)}  against itself ${identity.toFixed(3)}`);
    samples.push(child.ready);
  }
  const off = samples.map(({ identity }) => Math.abs(identity - 1));
  return [
    atMost(`processor time of a call with ${claim}`, median(samples.map(({ measured }) => measured)), 'x', 1.05),
    atMost(`how far a process was off at most with the ${part}, by calls without it`, Math.max(...off), 'x', 0.02),
  ];
}
