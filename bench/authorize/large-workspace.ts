import { type Child, startChild } from '../child.ts';
import { atMost, type Claim } from '../claim.ts';
import { median } from '../median.ts';
import type { LargeQuestion, LargeReady } from './large-child.ts';

const few = 10_000;
const many = 10_000_000;
const rounds = 7;
const ms = 400;
const flags = ['--expose-gc'];

/** A workspace of 10 million pages, 10,000 people and 20,000 grants, and the same with 10,000 pages. They take turns. */
export async function largeWorkspace(): Promise<Claim[]> {
  await using small = await open(few);
  await using large = await open(many);
  const taken = { small: [] as number[], check: [] as number[], filter: [] as number[], whoCan: [] as number[] };
  for (let round = 0; round <= rounds; round++) {
    const measured = {
      small: await ask(small, { measure: 'check', ms }),
      check: await ask(large, { measure: 'check', ms }),
      filter: await ask(large, { measure: 'filter', ms }),
      whoCan: await ask(large, { measure: 'who can', ms }),
    };
    // The first round only warms up.
    if (round === 0) continue;
    for (const [name, times] of Object.entries(taken)) times.push(measured[name as keyof typeof taken]);
  }
  for (const [name, times] of Object.entries(taken)) console.log(`${name}: ${median(times).toPrecision(3)} µs`);
  const inChecks = (times: readonly number[]) =>
    median(times.map((time, at) => time / (taken.check[at] ?? Number.NaN)));
  const growth = median(taken.check.map((time, at) => time / (taken.small[at] ?? Number.NaN)));
  return [
    atMost('a check among 10 million pages, against 10,000', growth, '×', 1.5),
    atMost('100 results filtered, against 100 checks', inChecks(taken.filter) / 100, '×', 1.5),
    atMost('who can, of 10,000 people', inChecks(taken.whoCan), 'checks', 2_000),
    atMost('all memory of the process, without garbage', large.ready.bytesAPage, 'bytes a page', 70),
    atMost(
      'longest slice of work while a grant reaches a large subtree',
      await ask(large, { measure: 'pause' }),
      'ms',
      20,
    ),
  ];
}

async function open(pages: number): Promise<Child<LargeReady>> {
  const child = await startChild<LargeReady>(new URL('./large-child.ts', import.meta.url), { pages }, flags);
  console.log(`${pages} pages: ${child.ready.anchors} anchors`);
  return child;
}

function ask(child: Child<LargeReady>, question: LargeQuestion): Promise<number> {
  return child.ask<number>(question);
}
