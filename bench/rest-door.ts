import { type Child, startChild } from './child.ts';
import { atLeast, atMost, type Bench } from './claim.ts';
import { median } from './median.ts';
import type { DoorArgument, DoorReady } from './rest-door/door.ts';
import type { Load, LoadResult } from './rest-door/load.ts';
import { pagePath } from './rest-door/one-page.ts';

const rounds = 5;
const roundMs = 3_000;
const warmUpMs = 2_000;
const callers = 32;
const aloneMs = 1_000;

interface Listening {
  readonly origin: string;
}

/** Something to put load on. */
interface Subject {
  readonly name: string;
  readonly origin: string;
  readonly key: string;
}

/**
 * The REST door with everything on (identity, policy, strict log, response filters), one process, against a bare proxy
 * and against the least that a proxy can be; all in front of the same upstream. They take turns, several times, so that
 * whatever else the machine does meets each of them.
 */
export const restDoor: Bench = async () => {
  await using upstream = await startChild<Listening>(module('upstream'), null);
  const argument = { upstream: upstream.ready.origin } satisfies DoorArgument;
  await using proxy = await startChild<Listening>(module('http-proxy'), argument);
  await using passThrough = await startChild<Listening>(module('pass-through'), argument);
  await using door = await startChild<DoorReady>(module('door'), argument, profiling());
  await using load = await startChild<null>(module('load'), null);
  const { origin, key } = door.ready;
  const subjects: Subject[] = [
    { name: 'door', origin, key },
    { name: 'http-proxy', origin: proxy.ready.origin, key },
    { name: 'pass-through', origin: passThrough.ready.origin, key },
  ];

  const perSecond = await inTurns(load, subjects);
  const { added, twoCommits } = await alone(load, subjects, () => door.ask<number>('measure two commits'));
  const doorPerSecond = perSecond.get('door') ?? Number.NaN;
  console.log(`one caller adds ${added.toFixed(3)} ms; two durable commits take ${twoCommits.toFixed(3)} ms`);
  return [
    atLeast(
      'throughput against @fastify/http-proxy',
      doorPerSecond / (perSecond.get('http-proxy') ?? Number.NaN),
      'x',
      1,
    ),
    atLeast('throughput against pass-through', doorPerSecond / (perSecond.get('pass-through') ?? Number.NaN), 'x', 0.5),
    atMost('added latency of one caller, p50, against two commits', added / twoCommits, 'x', 2),
  ];
};

/** Requests a second of each subject, as the median over the rounds. */
async function inTurns(load: Child<null>, subjects: readonly Subject[]): Promise<Map<string, number>> {
  for (const subject of subjects) await run(load, subject, callers, warmUpMs);
  const results = new Map<string, number[]>(subjects.map(({ name }) => [name, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const subject of subjects) {
      const { perSecond } = await run(load, subject, callers, roundMs);
      results.get(subject.name)?.push(perSecond);
      console.log(
        `round ${round} of ${rounds}  ${subject.name.padEnd(12)}  ${perSecond.toFixed(0).padStart(6)} a second`,
      );
    }
  }
  return new Map(Array.from(results, ([name, values]) => [name, median(values)]));
}

/** What the door adds to the latency of a single caller, and what two commits take, in milliseconds: medians of rounds. */
async function alone(load: Child<null>, subjects: readonly Subject[], measureTwoCommits: () => Promise<number>) {
  const added: number[] = [];
  const twoCommits: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    const p50 = new Map<string, number>();
    for (const subject of subjects) {
      const { latenciesMs } = await run(load, subject, 1, aloneMs);
      p50.set(subject.name, median(latenciesMs));
    }
    added.push((p50.get('door') ?? Number.NaN) - (p50.get('pass-through') ?? Number.NaN));
    twoCommits.push(await measureTwoCommits());
    const seen = Array.from(p50, ([name, ms]) => `${name} ${ms.toFixed(3)} ms`);
    console.log(
      `round ${round} of ${rounds}  one caller  ${seen.join('  ')}  two commits ${twoCommits.at(-1)?.toFixed(3)} ms`,
    );
  }
  return { added: median(added), twoCommits: median(twoCommits) };
}

async function run(load: Child<null>, { name, origin, key }: Subject, count: number, ms: number): Promise<LoadResult> {
  const result = await load.ask<LoadResult>({ origin, path: pagePath, key, callers: count, ms } satisfies Load);
  if (result.refusal !== null) throw new Error(`${name} refused a call:\n${result.refusal}`);
  return result;
}

/** `npm run bench -- rest-door --profile DIRECTORY` writes a CPU profile of the door. */
function profiling(): string[] {
  const at = process.argv.indexOf('--profile');
  const directory = at < 0 ? undefined : process.argv[at + 1];
  return directory === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', directory];
}

function module(name: string): URL {
  return new URL(`./rest-door/${name}.ts`, import.meta.url);
}
