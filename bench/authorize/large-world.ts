import { compilePolicy } from '../../src/authorize/compile-policy.ts';
import { PageTree, type TreeRow } from '../../src/authorize/tree/page-tree.ts';
import { PlacedPolicy } from '../../src/authorize/tree/placed-policy.ts';
import type { GroupId, PrincipalId } from '../../src/domain/ids.ts';
import type { Policy } from '../../src/domain/policy.ts';
import { createRandom, type Random } from '../../test/authorize/worlds/random.ts';
import { aGrant } from './workload.ts';

const people = 10_000;
const groups = 500;
const grants = 20_000;
/** Grants stand on the first pages, so that they are the same among however many pages. */
const grantedPages = 10_000;
const topPages = 20;
const deepest = 12;
const granted = [['read'], ['read', 'update'], ['update', 'manage']] as const;
const roles = Object.entries({ admin: 5, editor: 35, viewer: 50, guest: 10 }).flatMap(([role, count]) =>
  Array<string>(count).fill(role),
);

export interface LargeWorld {
  readonly placed: PlacedPolicy;
  readonly people: readonly PrincipalId[];
}

/** One workspace of that many pages. The policy is the same for every number of pages. */
export function createLargeWorld(pages: number): LargeWorld {
  const tree = PageTree.of(pageRows(pages), [], pages);
  const policy = createPolicy(createRandom(2));
  const placed = new PlacedPolicy(compilePolicy(policy), tree);
  tree.settle();
  return { placed, people: [...policy.members.keys()] };
}

/** Each page stands in some page that came before it. */
function* pageRows(pages: number): Generator<TreeRow> {
  const random = createRandom(1);
  const levels = new Uint8Array(pages);
  for (let n = 0; n < pages; n++) {
    let parent = n < topPages ? null : random.below(n);
    while (parent !== null && levels[parent] === deepest) parent = random.below(n);
    levels[n] = parent === null ? 1 : (levels[parent] ?? 0) + 1;
    yield { kind: 'page', id: pageId(n), parentId: parent === null ? null : pageId(parent) };
  }
}

function createPolicy(random: Random): Policy {
  const members = new Map(Array.from({ length: people }, (_, n) => [userId(n), random.pick(roles)]));
  const byGroup = Array.from({ length: groups }, (_, n) => ({ id: groupId(n), principals: [] as PrincipalId[] }));
  for (const person of members.keys()) {
    for (let n = 0; n < 2; n++) random.pick(byGroup).principals.push(person);
  }
  const all = Array.from({ length: grants }, (_, n) =>
    aGrant(n, {
      effect: n % 4 === 0 ? 'deny' : 'allow',
      to: random.chance(0.7) ? groupId(random.below(groups)) : userId(random.below(people)),
      actions: random.pick(granted),
      page: pageId(topPages + random.below(grantedPages - topPages)),
    }),
  );
  const asGroups = byGroup.map(group => [group.id, { ...group, name: group.id, groups: [] }] as const);
  return { revision: 1, roles: new Map(), members, groups: new Map(asGroups), grants: all };
}

function userId(n: number): PrincipalId {
  return `usr_${spread(n, 1)}`;
}

function groupId(n: number): GroupId {
  return `grp_${spread(n, 2)}`;
}

/** The id of a page by its number in the list of all. It is computed, so that ten million ids need not be stored. */
export function pageId(n: number): string {
  return spread(n, 0);
}

/** A UUID like a random one, in one piece as a parser of requests makes it. */
function spread(n: number, kind: number): string {
  let state = Math.imul(4 * n + kind + 1, 0x9e3779b1);
  for (let at = 0; at < 36; at++) {
    state = Math.imul(state ^ (state >>> 15), 0x85ebca6b) + at;
    text[at] = [8, 13, 18, 23].includes(at) ? dash : (hex[(state >>> 28) & 15] ?? 0);
  }
  return text.toString('latin1');
}

const text = Buffer.alloc(36);
const hex = Buffer.from('0123456789abcdef');
const dash = 45;
