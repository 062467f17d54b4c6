import { type Child, startChild } from './child.ts';
import { atLeast, atMost, type Bench } from './claim.ts';
import { median } from './median.ts';
import type { DoorArgument, DoorReady } from './rest-door/door.ts';
import type { Load, LoadResult } from './rest-door/load.ts';
import { pagePath } from './rest-door/one-page.ts';
import { processorTime } from './rest-door/processor-time.ts';
import type { RecipeArgument } from './rest-door/recipe.ts';

const rounds = 5;
const roundMs = 3_000;
/** Until then V8 compiles: in the first thousands of calls its threads take a third of the door's processor time. */
const warmUpCalls = 20_000;
const warmUpRoundsMax = 10;
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
  /** Processor time that its process has used so far, in microseconds; null if it is not needed. */
  readonly processorTime: (() => Promise<number>) | null;
}

/**
 * The REST door with everything on (identity, policy, strict log, response filters), one process. It is compared with
 * what people would otherwise write (the recipe), a bare proxy, and the smallest possible proxy, all in front of the
 * same upstream. They take turns, several times, so that other load on the machine affects all of them alike.
 */
export const restDoor: Bench = async () => {
  await using upstream = await startChild<Listening>(module('upstream'), null);
  const argument = { upstream: upstream.ready.origin } satisfies DoorArgument;
  await using proxy = await startChild<Listening>(module('http-proxy'), argument);
  await using passThrough = await startChild<Listening>(module('pass-through'), argument);
  await using door = await startChild<DoorReady>(module('door'), argument, profiling());
  const { origin, key, databaseUrl } = door.ready;
  const recipeArgument = { ...argument, databaseUrl, key } satisfies RecipeArgument;
  await using recipe = await startChild<Listening>(module('recipe'), recipeArgument);
  await using load = await startChild<null>(module('load'), null);
  const subjects: Subject[] = [
    { name: 'door', origin, key, processorTime: () => door.ask(processorTime) },
    { name: 'recipe', origin: recipe.ready.origin, key, processorTime: () => recipe.ask(processorTime) },
    { name: 'http-proxy', origin: proxy.ready.origin, key, processorTime: () => proxy.ask(processorTime) },
    { name: 'pass-through', origin: passThrough.ready.origin, key, processorTime: null },
  ];

  const { perSecond, perCall } = await inTurns(load, subjects);
  const { p50, twoCommits } = await alone(load, subjects, () => door.ask<number>('measure two commits'));
  const doorP50 = at(p50, 'door');
  const added = at(p50, 'pass-through').map((ms, round) => (doorP50[round] ?? Number.NaN) - ms);
  return [
    atLeast('throughput against the recipe', against(perSecond, 'recipe'), 'x', 2),
    atMost('p50 of one caller against the recipe', against(p50, 'recipe'), 'x', 1.3),
    atLeast('throughput against @fastify/http-proxy', against(perSecond, 'http-proxy'), 'x', 0.6),
    atMost('processor time of a call against @fastify/http-proxy', against(perCall, 'http-proxy'), 'x', 2.5),
    atMost('added latency of one caller, p50, against two commits', ratio(added, twoCommits), 'x', 2),
  ];
};

/** What was measured of each subject, round by round. */
type Rounds = ReadonlyMap<string, readonly number[]>;

function at(figures: Rounds, name: string): readonly number[] {
  return figures.get(name) ?? [];
}

function against(figures: Rounds, name: string): number {
  return ratio(at(figures, 'door'), at(figures, name));
}

/**
 * The median of the rounds' ratios. A disk or a neighbour that slows a round down slows both sides of its ratio; the ratio of
 * two medians would compare a slow round of one with a quick round of the other.
 */
function ratio(ours: readonly number[], theirs: readonly number[]): number {
  return median(ours.map((value, round) => value / (theirs[round] ?? Number.NaN)));
}

/** Of each subject: requests a second, and processor time of a call in microseconds. */
async function inTurns(load: Child<null>, subjects: readonly Subject[]) {
  for (const subject of subjects) await warmUp(load, subject);
  const perSecond = new Map<string, number[]>(subjects.map(({ name }) => [name, []]));
  const perCall = new Map<string, number[]>(subjects.map(({ name }) => [name, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const subject of subjects) {
      const before = await subject.processorTime?.();
      const result = await run(load, subject, callers, roundMs);
      const after = await subject.processorTime?.();
      perSecond.get(subject.name)?.push(result.perSecond);
      if (before !== undefined && after !== undefined) {
        perCall.get(subject.name)?.push((after - before) / result.calls);
      }
      console.log(
        `round ${round} of ${rounds}  ${subject.name.padEnd(12)}  ${result.perSecond.toFixed(0).padStart(6)} a second`,
      );
    }
  }
  return { perSecond, perCall };
}

async function warmUp(load: Child<null>, subject: Subject): Promise<void> {
  let calls = 0;
  for (let round = 0; calls < warmUpCalls && round < warmUpRoundsMax; round++) {
    calls += (await run(load, subject, callers, roundMs)).calls;
  }
}

/** The latency (p50) of a single caller for each subject, and what two commits take, in milliseconds. */
async function alone(load: Child<null>, subjects: readonly Subject[], measureTwoCommits: () => Promise<number>) {
  const p50 = new Map<string, number[]>(subjects.map(({ name }) => [name, []]));
  const twoCommits: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    for (const subject of subjects) {
      const { latenciesMs } = await run(load, subject, 1, aloneMs);
      p50.get(subject.name)?.push(median(latenciesMs));
    }
    twoCommits.push(await measureTwoCommits());
    const seen = Array.from(p50, ([name, values]) => `${name} ${values.at(-1)?.toFixed(3)} ms`);
    console.log(
      `round ${round} of ${rounds}  one caller  ${seen.join('  ')}  two commits ${twoCommits.at(-1)?.toFixed(3)} ms`,
    );
  }
  return { p50, twoCommits };
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
