/** Checks of an engine, world by world. Each answers with the first thing that is wrong, or null. Mutants go through them too. */
import type { applyChange } from '../../src/authorize/apply-change.ts';
import type { CompiledPolicy, compilePolicy } from '../../src/authorize/compile-policy.ts';
import type { PageTree, TreeRow } from '../../src/authorize/tree/page-tree.ts';
import type { PlacedPolicy } from '../../src/authorize/tree/placed-policy.ts';
import { contentActions } from '../../src/domain/action.ts';
import type { Asker, JudgedObject, Judgement } from '../../src/domain/policy-snapshot.ts';
import { referenceJudge } from './reference.ts';
import { createChange } from './worlds/change.ts';
import { createRandom } from './worlds/random.ts';
import { ancestryIn, createAsker, createWorld, objectsIn, pathIn, type World, worldActions } from './worlds/world.ts';

/** What is checked: the engine, or one with a mistake in it. */
export interface Engine {
  readonly compilePolicy: typeof compilePolicy;
  readonly applyChange: typeof applyChange;
  readonly PageTree: typeof PageTree;
  readonly PlacedPolicy: typeof PlacedPolicy;
}

export type Check = (engine: Engine, seed: number, seen?: Map<string, number>) => string | null;

/** Effect, reason and determining grants of every object, for some askers. */
export const judgesLikeReference: Check = ({ compilePolicy }, seed, seen) => {
  const world = createWorld(seed);
  const random = createRandom(seed);
  const snapshot = compilePolicy(world.policy);
  for (let round = 0; round < 4; round++) {
    const asker = createAsker(random, world);
    const depends = snapshot.dependsOnPages(asker);
    for (const object of objectsIn(world)) {
      for (const action of worldActions) {
        const expected = referenceJudge(world.policy, asker, action, object);
        const found = snapshot.judge(asker, action, object);
        const about = `world ${seed}: ${asker.principal} ${action} on ${JSON.stringify(object)}`;
        if (!isSame(found, expected)) return `${about}: ${JSON.stringify([found, expected])}`;
        if (snapshot.may(asker, action, object) !== (found.effect === 'allow')) return `${about}: may`;
        if (!depends && object.state === 'known') {
          const unplaced = snapshot.judge(asker, action, { state: 'unknown' });
          if (unplaced.effect !== found.effect) return `${about}: it depends on pages`;
        }
        if (!snapshot.hasExceptions(asker, action) && found.because.startsWith('denied'))
          return `${about}: an exception`;
        seen?.set(found.because, (seen.get(found.because) ?? 0) + 1);
      }
      const masked = maskedLikeReference(snapshot, world, asker, object);
      if (masked !== null) return `world ${seed}: ${masked}`;
    }
  }
  return null;
};

function maskedLikeReference(
  snapshot: CompiledPolicy,
  world: World,
  asker: Asker,
  object: JudgedObject,
): string | null {
  if (object.state === 'workspace') return null;
  // A mask decides nothing, so it is looked at as the denial that it would be without its properties.
  const masks = world.policy.grants
    .filter(({ properties }) => properties !== null)
    .map(grant => {
      const isPlaced = object.state === 'known';
      return { ...grant, properties: null, scopes: isPlaced ? grant.scopes : [{ kind: 'workspace' } as const] };
    });
  for (const action of ['read', 'update'] as const) {
    const found = snapshot.maskedProperties(asker, action, object).size > 0;
    const expected = referenceJudge({ ...world.policy, grants: masks }, { ...asker, limit: null }, action, object);
    const isUnsure = expected.because === 'unknown_object' || expected.because === 'stale_object';
    if (found !== (expected.because === 'denied_by_grant' || isUnsure))
      return `masked ${action} on ${JSON.stringify(object)}`;
  }
  return null;
}

const steps = 8;

/** Grants, revocations, moves, joins, leaves and roles one after the other, against everything built anew. */
export const changesLikeReference: Check = ({ compilePolicy, applyChange, PageTree, PlacedPolicy }, seed) => {
  const random = createRandom(seed + 1_000_000);
  const world = createWorld(seed);
  const places = new Map(world.tree);
  const moving: World = { ...world, tree: places };
  const ids = [...places.keys()];
  const tree = PageTree.of(rowsOf(world));
  let snapshot = compilePolicy(world.policy);
  for (let step = 0; step < steps; step++) {
    const asker = createAsker(random, world);
    const action = random.pick(worldActions);
    const earlier = { snapshot, object: ancestryIn(moving, random.pick(ids)) };
    const said = earlier.snapshot.judge(asker, action, earlier.object);
    if (random.chance(0.4)) {
      const moved = random.pick(ids);
      const parent = random.pick([...ids, null]);
      if (parent === null || !pathIn(moving, parent).some(({ id }) => id === moved)) {
        const kind = places.get(moved)?.kind ?? 'page';
        places.set(moved, { kind, parent });
        tree.put({ kind, id: moved, parentId: parent });
      }
    } else snapshot = applyChange(snapshot, createChange(random, snapshot.source, world), step + 2);
    const placed = new PlacedPolicy(snapshot, tree);
    // Some decisions fall in the middle of the work, some after it.
    if (random.chance(0.5)) tree.work(2).next();
    for (const id of ids) {
      const about = `sequence ${seed}, step ${step}, ${asker.principal} ${action} on ${id}`;
      const object = ancestryIn(moving, id);
      const found = snapshot.judge(asker, action, object);
      const expected = referenceJudge(snapshot.source, asker, action, object);
      if (!isSame(found, expected)) return `${about}: ${JSON.stringify([found, expected])}`;
      if (snapshot.may(asker, action, object) !== (expected.effect === 'allow')) return `${about}: may`;
      // The tree knows no properties.
      const plain: JudgedObject = { state: 'known', path: pathIn(moving, id) };
      const isAllowed = referenceJudge(snapshot.source, asker, action, plain).effect === 'allow';
      if (placed.may(asker, action, id) !== isAllowed) return `${about}: by its place`;
    }
    const again = earlier.snapshot.judge(asker, action, earlier.object);
    const mayAgain = earlier.snapshot.may(asker, action, earlier.object);
    if (!isSame(again, said) || mayAgain !== (said.effect === 'allow'))
      return `sequence ${seed}, step ${step}: an earlier snapshot says something else`;
  }
  return null;
};

/** A move that gives a principal anything more, on the page or below it, widens. */
export const widensLikeReference: Check = ({ compilePolicy }, seed, seen) => {
  const world = createWorld(seed);
  const random = createRandom(seed);
  const ids = [...world.tree.keys()];
  const moved = random.pick(ids);
  const parent = random.pick([null, ...ids.filter(id => !pathIn(world, id).some(on => on.id === moved))]);
  const tree = new Map(world.tree);
  tree.set(moved, { kind: tree.get(moved)?.kind ?? 'page', parent });
  const later: World = { ...world, tree };
  const { context } = createAsker(random, world);
  const widens = compilePolicy(world.policy).widens(ancestryIn(world, moved), ancestryIn(later, moved), context);
  seen?.set(String(widens), (seen.get(String(widens)) ?? 0) + 1);
  if (widens) return null;
  for (const id of ids.filter(each => pathIn(later, each).some(on => on.id === moved))) {
    for (const principal of world.principals) {
      for (const action of worldActions.filter(each => (contentActions as readonly string[]).includes(each))) {
        for (let n = 0; n < 3; n++) {
          const asker = { ...createAsker(random, world, principal), limit: null };
          const was = referenceJudge(world.policy, asker, action, ancestryIn(world, id)).effect;
          const is = referenceJudge(world.policy, asker, action, ancestryIn(later, id)).effect;
          if (was === 'deny' && is === 'allow') return `world ${seed}: ${principal} gains ${action} on ${id} by a move`;
        }
      }
    }
  }
  return null;
};

export function rowsOf({ tree }: Pick<World, 'tree'>): TreeRow[] {
  return [...tree].map(([id, { kind, parent }]) => ({ kind, id, parentId: parent }));
}

function isSame(a: Judgement, b: Judgement): boolean {
  return a.effect === b.effect && a.because === b.because && a.grants.join() === b.grants.join();
}
