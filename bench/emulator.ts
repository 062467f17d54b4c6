import { startChild } from './child.ts';
import { atLeast, atMost, type Bench } from './claim.ts';
import type { EmulatorReady } from './emulator/emulator.ts';
import { median } from './median.ts';
import type { Load, LoadResult } from './rest-door/load.ts';

const rounds = 5;
const roundMs = 2_000;
const callers = 16;
const fewPages = 100;
const manyPages = 100_000;

/**
 * A page read of the emulator against a bare Fastify route that returns the same JSON, and a small workspace against a
 * large one. They take turns, so that other load on the machine affects all of them alike.
 */
export const emulator: Bench = async () => {
  await using small = await startChild<EmulatorReady>(module('emulator'), fewPages, ['--expose-gc']);
  await using large = await startChild<EmulatorReady>(module('emulator'), manyPages, ['--expose-gc']);
  await using bare = await startChild<{ origin: string }>(module('bare-route'), await readPage(small.ready));
  await using load = await startChild<null>(new URL('./rest-door/load.ts', import.meta.url), null);
  const subjects = new Map<string, Pick<EmulatorReady, 'origin' | 'key' | 'path'>>([
    ['bare route', { ...small.ready, origin: bare.ready.origin }],
    ['few pages', small.ready],
    ['many pages', large.ready],
  ]);
  const perSecond = new Map<string, number[]>();
  for (let round = 0; round <= rounds; round++) {
    for (const [name, { origin, key, path }] of subjects) {
      const result = await load.ask<LoadResult>({ origin, path, key, callers, ms: roundMs } satisfies Load);
      if (result.refusal !== null) throw new Error(`${name} refused a call:\n${result.refusal}`);
      // The first round only warms up.
      if (round > 0) perSecond.set(name, [...(perSecond.get(name) ?? []), result.perSecond]);
    }
  }
  const speed = (name: string) => median(perSecond.get(name) ?? []);
  for (const name of subjects.keys()) console.log(`${name.padEnd(12)} ${speed(name).toFixed(0).padStart(6)} a second`);
  const searchRatio = (await large.ask<number>('search')) / (await small.ask<number>('search'));
  return [
    atLeast('page read against a bare Fastify route', speed('few pages') / speed('bare route'), 'x', 0.4),
    atLeast('page read among 100,000 pages against 100', speed('many pages') / speed('few pages'), 'x', 0.8),
    atMost('search among 100,000 pages against 100', searchRatio, 'x', 3),
    atMost('heap of a page', large.ready.heapBytes / manyPages, 'bytes', 3 * 1024),
    atMost('start', small.ready.startMs, 'ms', 1_000),
  ];
};

async function readPage({ origin, key, path }: EmulatorReady): Promise<unknown> {
  const headers = { authorization: `Bearer ${key}`, 'notion-version': '2025-09-03' };
  return (await fetch(origin + path, { headers })).json();
}

function module(name: string): URL {
  return new URL(`./emulator/${name}.ts`, import.meta.url);
}
