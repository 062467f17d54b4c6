import { type Child, startChild } from './child.ts';
import { atMost, type Bench } from './claim.ts';
import type { FilteringReady } from './filtered-list/door.ts';
import { median } from './median.ts';
import type { Load, LoadResult } from './rest-door/load.ts';
import { processorTime } from './rest-door/processor-time.ts';

const rounds = 7;
const roundMs = 2_000;
const warmUpMs = 2_000;
const callers = 8;

/**
 * The same list of 100 results through the same door, for a caller from whom nothing is hidden, and for a caller from
 * whom one page is hidden, so that the place of each result is judged and its content is walked through.
 */
export const filteredList: Bench = async () => {
  await using upstream = await startChild<{ readonly origin: string }>(module('filtered-list/upstream'), null);
  await using door = await startChild<FilteringReady>(module('filtered-list/door'), {
    upstream: upstream.ready.origin,
  });
  await using load = await startChild<null>(module('rest-door/load'), null);
  const { origin, unfiltered, filtered } = door.ready;
  for (const key of [unfiltered, filtered]) await askOnce(origin, key);
  await results(origin, filtered);
  for (const key of [unfiltered, filtered]) await run(load, origin, key, warmUpMs);
  const wall: number[] = [];
  const processor: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    const without = await costOf(door, () => run(load, origin, unfiltered, roundMs));
    const having = await costOf(door, () => run(load, origin, filtered, roundMs));
    wall.push(having.wallMs / without.wallMs);
    processor.push(having.processorMs / without.processorMs);
    const seen = [without, having].map(
      cost => `${cost.wallMs.toFixed(2)} ms, ${cost.processorMs.toFixed(2)} of processor`,
    );
    console.log(`round ${round} of ${rounds}  a call unfiltered ${seen[0]}; filtered ${seen[1]}`);
  }
  const list = '100 results filtered against the same list unfiltered';
  return [atMost(list, median(wall), 'x', 1.15), atMost(`processor time of ${list}`, median(processor), 'x', 1.15)];
};

/** What a call took, and what it cost the door. */
async function costOf(door: Child<unknown>, calls: () => Promise<LoadResult>) {
  const before = await door.ask<number>(processorTime);
  const result = await calls();
  const after = await door.ask<number>(processorTime);
  return { wallMs: 1_000 / result.perSecond, processorMs: (after - before) / 1_000 / result.calls };
}

/** The first answer may take looks at Notion, which are not what is measured. */
async function askOnce(origin: string, key: string): Promise<number | undefined> {
  const headers = {
    authorization: `Bearer ${key}`,
    'content-type': 'application/json',
    'notion-version': '2025-09-03',
  };
  const response = await fetch(`${origin}/v1/search`, { method: 'POST', headers, body: '{"page_size":100}' });
  const { results } = (await response.json()) as { readonly results?: readonly unknown[] };
  return results?.length;
}

/** Nothing of the list is hidden from either of the two, or they would not get the same. */
async function results(origin: string, key: string): Promise<void> {
  const count = await askOnce(origin, key);
  if (count !== 100) throw new Error(`the filtered list has ${count} results`);
}

async function run(load: Child<null>, origin: string, key: string, ms: number): Promise<LoadResult> {
  const question = { origin, path: '/v1/search', body: '{"page_size":100}', key, callers, ms } satisfies Load;
  const result = await load.ask<LoadResult>(question);
  if (result.refusal !== null) throw new Error(`a call was refused:\n${result.refusal}`);
  return result;
}

function module(name: string): URL {
  return new URL(`./${name}.ts`, import.meta.url);
}
