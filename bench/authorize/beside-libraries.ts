import { type Child, startChild } from '../child.ts';
import { atLeast, atMost, type Claim } from '../claim.ts';
import { median } from '../median.ts';
import type { DeciderReady, DeciderTask } from './decider-child.ts';
import { type DeciderName, deciders } from './deciders/deciders.ts';

const tenants = 100;
const requests = 100_000;
const compared = 5_000;
const rounds = 7;
const roundMs = 300;
/** How often faster, at least. */
const targets = { CASL: 5, casbin: 200, 'cedar-wasm': 300 } as const;
/** Cedar's WebAssembly aborts the process of Node when V8 inlines calls into it. */
const flags = ['--no-turbo-inline-js-wasm-calls'];

/** The same requests decided by each, in turns, all of them from ids as calls bring them. */
export async function besideLibraries(): Promise<Claim[]> {
  const names = Object.keys(deciders) as DeciderName[];
  await using stack = new AsyncDisposableStack();
  const children = new Map<DeciderName, Child<DeciderReady>>();
  for (const name of names) {
    const task: DeciderTask = { name, tenants, requests, compared };
    const child = stack.use(
      await startChild<DeciderReady>(new URL('./decider-child.ts', import.meta.url), task, flags),
    );
    children.set(name, child);
    const { allowed, disagreements } = child.ready;
    console.log(`${name}: ${(100 * allowed).toFixed(0)} % of ${compared} allowed, ${disagreements} decided otherwise`);
  }
  const times = new Map(names.map(name => [name, [] as number[]]));
  for (let round = 0; round <= rounds; round++) {
    for (const [name, child] of children) {
      const microseconds = await child.ask<number>({ ms: roundMs });
      // The first round only warms up.
      if (round > 0) times.get(name)?.push(microseconds);
    }
  }
  for (const [name, all] of times) console.log(`${name}: ${median(all).toPrecision(3)} µs a decision`);
  // Round by round, so that a busy moment is busy for both.
  const ratio = (theirs: DeciderName, ours: DeciderName) =>
    median((times.get(theirs) ?? []).map((time, round) => time / (times.get(ours)?.[round] ?? Number.NaN)));
  console.log(`Portcullis by path is ${ratio('CASL', 'Portcullis by path').toPrecision(3)} × as fast as CASL`);
  const disagreements = [...children.values()].reduce((sum, { ready }) => sum + ready.disagreements, 0);
  return [
    atMost(`decisions that differ from a plain walk, of ${names.length} times ${compared}`, disagreements, '', 0),
    ...Object.entries(targets).map(([name, target]) =>
      atLeast(`decisions from ids, against ${name}`, ratio(name as DeciderName, 'Portcullis'), '×', target),
    ),
  ];
}
