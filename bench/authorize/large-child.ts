// One large workspace in a process of its own.
import { whoCan } from '../../src/authorize/analyse/who-can.ts';
import type { Asker } from '../../src/domain/policy-snapshot.ts';
import { createRandom } from '../../test/authorize/worlds/random.ts';
import { childArgument, childReady } from '../child.ts';
import { createLargeWorld, pageId } from './large-world.ts';
import { askedActions } from './workload.ts';

export interface LargeReady {
  readonly anchors: number;
  /** All memory of the process, without garbage, after everybody was asked about once and before questions were made. */
  readonly bytesAPage: number;
}

/** What is measured for some milliseconds, or once. */
export type LargeQuestion =
  | { readonly measure: 'check' | 'filter' | 'who can'; readonly ms: number }
  | { readonly measure: 'pause' };

const batch = 2_000;
const { pages } = childArgument<{ readonly pages: number }>();
const { placed, people } = createLargeWorld(pages);
const random = createRandom(3);
const context = { at: new Date(0), door: 'rest', address: '127.0.0.1', signIn: null } as const;

process.on('message', (question: LargeQuestion) => process.send?.(answer(question)));
childReady({ anchors: placed.tree.anchors.size, bytesAPage: bytesAPage() } satisfies LargeReady);

/** Microseconds of processor time of one check, of a list of 100, or of one who-can; milliseconds. */
function answer(question: LargeQuestion): number {
  switch (question.measure) {
    case 'check':
      return timed(question.ms, batch, someAsks, asks => {
        for (const { asker, action, id } of asks) placed.may(asker, action, id);
      });
    case 'filter':
      return timed(question.ms, batch / 100, someLists, lists => {
        for (const { asker, ids } of lists) ids.filter(id => placed.may(asker, 'read', id));
      });
    case 'who can':
      return timed(question.ms, 1, somePage, id =>
        whoCan(placed.snapshot, 'read', placed.objectOf(placed.tree.find(id)), context.at),
      );
    case 'pause':
      return longestPause();
  }
}

/** Each time with other material, which is made outside of what is timed. */
function timed<Material>(ms: number, count: number, make: () => Material, work: (material: Material) => void): number {
  let [spent, done] = [0, 0];
  while (spent < 1_000 * ms) {
    const material = make();
    const before = process.cpuUsage();
    work(material);
    const { user, system } = process.cpuUsage(before);
    spent += user + system;
    done += count;
  }
  return spent / done;
}

function someAsks() {
  return Array.from({ length: batch }, () => ({
    asker: someAsker(),
    action: random.pick(askedActions),
    id: somePage(),
  }));
}

function someLists() {
  return Array.from({ length: batch / 100 }, () => ({
    asker: someAsker(),
    ids: Array.from({ length: 100 }, somePage),
  }));
}

function someAsker(): Asker {
  return { principal: random.pick(people), limit: null, context };
}

function somePage(): string {
  return pageId(random.below(pages));
}

function bytesAPage(): number {
  for (const principal of people) placed.may({ principal, limit: null, context }, 'read', pageId(0));
  // What building left behind goes back to the system, as it does when memory is short.
  globalThis.gc?.({ type: 'major', flavor: 'last-resort' });
  return process.memoryUsage.rss() / pages;
}

/** Processor time of the longest slice of work while a grant on the first page reaches all that is below it. */
function longestPause(): number {
  placed.tree.carry([{ kind: 'page', id: pageId(0) }]);
  const work = placed.tree.work();
  let longest = 0;
  for (let isDone: boolean | undefined = false; isDone !== true; ) {
    const before = process.cpuUsage();
    isDone = work.next().done;
    const { user, system } = process.cpuUsage(before);
    longest = Math.max(longest, (user + system) / 1_000);
  }
  return longest;
}
