import { type Action, actions } from '../../../src/domain/action.ts';
import type { Ancestry, Container, ContainerKind } from '../../../src/domain/ancestry.ts';
import { type Door, doors } from '../../../src/domain/door.ts';
import {
  type Grant,
  type GrantConditions,
  type GrantScope,
  type KeyLimit,
  type MirroredProperties,
  type PropertyTest,
  signInStrengths,
} from '../../../src/domain/grant.ts';
import type { GrantId, GroupId, PrincipalId } from '../../../src/domain/ids.ts';
import type { Group, Policy } from '../../../src/domain/policy.ts';
import type { Asker, JudgedObject } from '../../../src/domain/policy-snapshot.ts';
import { createRandom, type Random } from './random.ts';

/** A small workspace: a policy, and a tree of containers. */
export interface World {
  readonly seed: number;
  readonly policy: Policy;
  /** The first of them are members; the last is none. */
  readonly principals: readonly PrincipalId[];
  readonly tree: ReadonlyMap<string, { readonly kind: ContainerKind; readonly parent: string | null }>;
  readonly properties: ReadonlyMap<string, MirroredProperties>;
}

export const worldMoment = new Date('2026-12-01T12:00:00.000Z');
/** Actions that worlds are about: few, so that grants meet. */
export const worldActions: readonly Action[] = ['read', 'update', 'delete', 'manage', 'grants'];

export function uuidOf(n: number): string {
  return `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
}

export function createWorld(seed: number): World {
  const random = createRandom(seed);
  const principals = ids<PrincipalId>('usr', 2 + random.below(4));
  const groups = ids<GroupId>('grp', random.below(4));
  const tree = createTree(random, 1 + random.below(12));
  const pages = [...tree.keys()];
  const roles = new Map([
    ['reader', new Set<Action>(['read'])],
    ['odd', new Set(random.some(worldActions, 0.4))],
  ]);
  const members = new Map(
    principals
      .slice(0, -1)
      .map(id => [
        id,
        random.pick(['admin', 'editor', 'viewer', 'guest', 'guest', 'reader', 'odd', 'nobody knows it']),
      ]),
  );
  const policy: Policy = {
    revision: 1,
    roles,
    members,
    groups: new Map(groups.map(id => [id, createGroup(random, id, principals, groups)])),
    grants: Array.from({ length: random.below(9) }, (_, n) => createGrant(random, n, principals, groups, pages)),
  };
  return { seed, policy, principals, tree, properties: createProperties(random, tree) };
}

function ids<T extends string>(prefix: string, count: number): T[] {
  return Array.from({ length: count }, (_, n) => `${prefix}_${uuidOf(n + 1)}` as T);
}

/** Parents come before their children. */
function createTree(random: Random, count: number): World['tree'] {
  const tree = new Map<string, { kind: ContainerKind; parent: string | null }>();
  for (let n = 1; n <= count; n++) {
    const parents = [...tree.keys()];
    const parent = parents.length === 0 || random.chance(0.15) ? null : random.pick(parents);
    tree.set(uuidOf(1000 + n), { kind: random.pick(['page', 'page', 'page', 'database', 'data_source']), parent });
  }
  return tree;
}

/** Groups hold groups at any depth here, themselves included: only one level counts. */
function createGroup(
  random: Random,
  id: GroupId,
  principals: readonly PrincipalId[],
  groups: readonly GroupId[],
): Group {
  return { id, name: id, principals: random.some(principals, 0.4), groups: random.some(groups, 0.3) };
}

export function createGrant(
  random: Random,
  n: number,
  principals: readonly PrincipalId[],
  groups: readonly GroupId[],
  pages: readonly string[],
): Grant {
  const effect = random.pick(['allow', 'allow', 'deny', 'limit'] as const);
  const masked = effect === 'deny' && random.chance(0.1);
  const subject = random.pick<Grant['subject']>([
    { kind: 'everyone' },
    ...principals.map(id => ({ kind: 'principal', id }) as const),
    ...groups.map(id => ({ kind: 'group', id }) as const),
    ...groups.map(id => ({ kind: 'group', id }) as const),
  ]);
  const count = effect === 'limit' ? 1 + random.below(3) : 1 + random.below(8) / 7;
  return {
    // Ids do not sort in the order in which grants are made.
    id: `grt_${uuidOf(((n * 7919) % 97) + 1)}` as GrantId,
    effect,
    subject,
    actions: random.chance(0.2) ? { role: random.pick(['viewer', 'editor', 'odd']) } : random.some(worldActions, 0.5),
    scopes: Array.from({ length: count }, () => createScope(random, pages)),
    when: random.chance(0.4) ? createConditions(random) : null,
    properties: masked ? ['Salary'] : null,
    reason: 'a world',
    createdBy: null,
    createdAt: worldMoment,
  };
}

function createScope(random: Random, pages: readonly string[]): GrantScope {
  if (random.chance(0.2)) return { kind: 'workspace' };
  return { kind: random.pick(['page', 'page', 'page_only', 'database'] as const), id: random.pick(pages) };
}

const moments = [-1000, -1, 0, 1, 1000].map(ms => new Date(worldMoment.getTime() + ms));

function createConditions(random: Random): GrantConditions {
  return {
    ...(random.chance(0.2) ? { notBefore: random.pick(moments) } : {}),
    ...(random.chance(0.2) ? { until: random.pick(moments) } : {}),
    ...(random.chance(0.3) ? { doors: random.some(doors, 0.4) } : {}),
    ...(random.chance(0.3)
      ? { addresses: [random.pick(['10.0.0.0/8', '10.1.2.3', 'fd00::/8', '0.0.0.0/0', '10.0.0.0/33', 'nonsense'])] }
      : {}),
    ...(random.chance(0.4) ? { property: { [random.pick(['Status', 'Level'])]: createTest(random) } } : {}),
    ...(random.chance(0.2)
      ? {
          signIn: {
            ...(random.chance(0.7) ? { strength: random.pick(signInStrengths) } : {}),
            ...(random.chance(0.5) ? { maxAgeSeconds: random.pick([0, 60, 3600]) } : {}),
          },
        }
      : {}),
  };
}

const values = ['Done', 'Draft', 3, 5, true] as const;

function createTest(random: Random): PropertyTest {
  switch (random.below(5)) {
    case 0:
      return { is: random.pick(values) };
    case 1:
      return { isNot: random.pick(values) };
    case 2:
      return { in: random.some(values, 0.5) };
    case 3:
      return { atLeast: random.pick([3, 4, 6]) };
    default:
      return { contains: random.pick(['Done', 'D', 'Ops']) };
  }
}

function createProperties(random: Random, tree: World['tree']): World['properties'] {
  const found = new Map<string, MirroredProperties>();
  for (const [id, { kind }] of tree) {
    if (kind !== 'page' || random.chance(0.1)) continue;
    found.set(id, {
      ...(random.chance(0.5) ? { Status: random.pick([...values, ['Done', 'Ops'], []]) } : {}),
      ...(random.chance(0.4) ? { Level: random.pick(values) } : {}),
    });
  }
  return found;
}

export function pathIn({ tree }: Pick<World, 'tree'>, id: string): Container[] {
  const path: Container[] = [];
  for (let next: string | null = id; next !== null; ) {
    const found: { kind: ContainerKind; parent: string | null } | undefined = tree.get(next);
    path.push({ kind: found?.kind ?? 'page', id: next });
    next = found?.parent ?? null;
  }
  return path;
}

export function ancestryIn(world: World, id: string): Ancestry {
  return { state: 'known', path: pathIn(world, id), properties: world.properties };
}

/** Every object that can be asked about. */
export function objectsIn(world: World): JudgedObject[] {
  return [
    ...[...world.tree.keys()].map(id => ancestryIn(world, id)),
    { state: 'known', path: [] },
    { state: 'workspace', filtered: false },
    { state: 'workspace', filtered: true },
    { state: 'unknown' },
    { state: 'stale' },
  ];
}

export function createAsker(
  random: Random,
  { principals, tree }: World,
  principal = random.pick([...principals, ...principals.slice(0, -1)]),
): Asker {
  return {
    principal,
    limit: random.chance(0.25) ? createLimit(random, [...tree.keys()]) : null,
    context: {
      at: worldMoment,
      door: random.pick<Door>(doors),
      address: random.pick(['10.1.2.3', '10.9.9.9', '192.0.2.1', 'fd00::1', '::ffff:10.1.2.3', 'fe80::1%eth0', '']),
      signIn: random.chance(0.2)
        ? null
        : {
            strength: random.pick(signInStrengths),
            at: random.chance(0.2) ? null : new Date(worldMoment.getTime() - random.pick([0, 59_000, 61_000, 4e6])),
          },
    },
  };
}

function createLimit(random: Random, pages: readonly string[]): KeyLimit {
  return {
    actions: random.chance(0.5) ? new Set(random.some(actions, 0.6)) : null,
    under: random.chance(0.6) ? [random.pick(pages)] : null,
  };
}
