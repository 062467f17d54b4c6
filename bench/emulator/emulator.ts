// The emulator with as many pages as the argument says; asked anything, it answers how long searches take in it.
import { startEmulator } from '../../emulator/server.ts';
import { childArgument, childReady } from '../child.ts';

export interface EmulatorReady {
  readonly origin: string;
  readonly key: string;
  readonly path: string;
  readonly startMs: number;
  /** What is alive on the heap more than before, after a full collection of garbage. */
  readonly heapBytes: number;
}

const SEARCHES = [{}, { query: 'roadmap' }, { query: 'Budget 5' }, { query: 'there is no such title' }];
const TIMES = 200;

const collect = globalThis.gc ?? (() => undefined);
collect();
const before = process.memoryUsage().heapUsed;
const startedAt = performance.now();
const emulator = await startEmulator({ generatedPages: childArgument<number>() });
const startMs = performance.now() - startedAt;
collect();

process.on('message', async () => process.send?.(await searchMs()));
childReady(
  {
    origin: emulator.url,
    key: emulator.internalToken,
    path: `/v1/pages/${emulator.pages.public}`,
    startMs,
    heapBytes: process.memoryUsage().heapUsed - before,
  } satisfies EmulatorReady,
  () => emulator.close(),
);

/** Milliseconds of a first page of ten results, on average over the kinds of search. */
async function searchMs(): Promise<number> {
  for (const body of SEARCHES) await search(body);
  const from = performance.now();
  for (let time = 0; time < TIMES; time++) await search(SEARCHES[time % SEARCHES.length] ?? {});
  return (performance.now() - from) / TIMES;
}

async function search(body: object): Promise<void> {
  const response = await fetch(`${emulator.url}/v1/search`, {
    method: 'POST',
    headers: { authorization: `Bearer ${emulator.internalToken}`, 'notion-version': '2025-09-03' },
    body: JSON.stringify({ ...body, page_size: 10 }),
  });
  if (response.status !== 200) throw new Error(await response.text());
  await response.arrayBuffer();
}
