import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { beyondGrantor, gains } from '../../src/authorize/amplification.ts';
import { breaches, unexpected } from '../../src/authorize/analyse/check-rules.ts';
import { blastRadius, diff, pagesAtAnchors } from '../../src/authorize/analyse/diff.ts';
import { explain } from '../../src/authorize/analyse/explain.ts';
import { leastPrivilege } from '../../src/authorize/analyse/least-privilege.ts';
import { lint } from '../../src/authorize/analyse/lint.ts';
import { type ReachedPages, type ReachQuestion, reach } from '../../src/authorize/analyse/reach.ts';
import { replay } from '../../src/authorize/analyse/replay.ts';
import { whoCan } from '../../src/authorize/analyse/who-can.ts';
import { applyChange, changedPolicy, type PolicyChange } from '../../src/authorize/apply-change.ts';
import { type CompiledPolicy, compilePolicy } from '../../src/authorize/compile-policy.ts';
import { PageTree } from '../../src/authorize/tree/page-tree.ts';
import { PlacedPolicy } from '../../src/authorize/tree/placed-policy.ts';
import type { Action } from '../../src/domain/action.ts';
import type { Container } from '../../src/domain/ancestry.ts';
import type { Flip } from '../../src/domain/explained.ts';
import type { WhereIs } from '../../src/domain/gift-places.ts';
import type { GrantId, PrincipalId } from '../../src/domain/ids.ts';
import type { PastCall } from '../../src/domain/past-call.ts';
import type { Policy } from '../../src/domain/policy.ts';
import type { Asker, JudgedObject } from '../../src/domain/policy-snapshot.ts';
import { rowsOf } from './checks.ts';
import { referenceJudge } from './reference.ts';
import { createChange } from './worlds/change.ts';
import { createRandom, type Random } from './worlds/random.ts';
import { ancestryIn, createAsker, createWorld, pathIn, type World, worldActions, worldMoment } from './worlds/world.ts';

const at = worldMoment;

/** A call that one of the world's principals could make, with no key. */
function call(random: Random, world: World, principal?: PrincipalId): Asker {
  return { ...createAsker(random, world, principal), limit: null };
}

function allows(policy: Policy, asker: Asker, action: Action, object: JudgedObject): boolean {
  return referenceJudge(policy, asker, action, object).effect === 'allow';
}

function isUnconditional({ grants }: Policy): boolean {
  return grants.every(({ when }) => when === null);
}

function withoutConditions(world: World): World {
  const grants = world.policy.grants.map(grant => ({ ...grant, when: null }));
  return { ...world, policy: { ...world.policy, grants } };
}

/** Runs a check in many worlds: every other one without conditions, where analysis must be exact. */
function inWorlds(count: number, check: (world: World, random: Random, isExact: boolean) => void): void {
  for (let seed = 1; seed <= count; seed++) {
    const world = seed % 2 === 0 ? createWorld(seed) : withoutConditions(createWorld(seed));
    check(world, createRandom(seed), isUnconditional(world.policy));
  }
}

describe('who can, and reach', () => {
  it('agree with judging every call', () => {
    inWorlds(600, (world, random, isExact) => {
      const snapshot = compilePolicy(world.policy);
      const placed = new PlacedPolicy(snapshot, PageTree.of(rowsOf(world)));
      for (const action of worldActions.slice(0, 3)) {
        const reached = new Map(world.principals.map(id => [id, reach(placed, { principal: id, action, at })]));
        const counted = new Map(world.principals.map(id => [id, 0]));
        for (const id of world.tree.keys()) {
          const object = ancestryIn(world, id);
          const capable = whoCan(snapshot, action, object, at);
          for (const principal of world.principals) {
            const found = capable.find(each => each.principal === principal);
            const calls = found?.calls ?? 'never';
            for (let n = 0; n < 3; n++) {
              const may = allows(world.policy, call(random, world, principal), action, object);
              if (may) assert.notEqual(calls, 'never', `world ${world.seed}: ${principal} ${action} ${id}`);
              else assert.notEqual(calls, 'always', `world ${world.seed}: ${principal} ${action} ${id}`);
            }
            if (isExact) assert.notEqual(calls, 'sometimes');
            // What properties decide is known of an object, and not of everything in a tree.
            const isReached = reached.get(principal)?.ids.includes(id) ?? false;
            if (calls !== 'never' || isExact) assert.equal(isReached, calls !== 'never');
            if (isReached) counted.set(principal, (counted.get(principal) ?? 0) + 1);
          }
        }
        for (const [principal, found] of reached) {
          const total = found === null ? 0 : found.always + found.sometimes;
          assert.equal(total, counted.get(principal), `world ${world.seed}: counted`);
        }
      }
    });
  });

  it('go through a list page by page, and count below a page', () => {
    inWorlds(100, world => {
      const placed = new PlacedPolicy(compilePolicy(world.policy), PageTree.of(rowsOf(world)));
      const [principal] = world.principals;
      if (principal === undefined) return;
      for (const under of [undefined, ...world.tree.keys()]) {
        const question: ReachQuestion = { principal, action: 'read', at, ...(under === undefined ? {} : { under }) };
        const whole = reach(placed, question);
        const ids: string[] = [];
        for (let cursor: string | null | undefined; cursor !== null; ) {
          const part: ReachedPages | null = reach(placed, {
            ...question,
            limit: 2,
            ...(cursor === undefined ? {} : { cursor }),
          });
          ids.push(...(part?.ids ?? []));
          cursor = part?.cursor ?? null;
        }
        assert.deepEqual(ids, whole?.ids ?? []);
        assert.equal(ids.length, (whole?.always ?? 0) + (whole?.sometimes ?? 0));
        const inside = ids.every(id => under === undefined || pathIn(world, id).some(on => on.id === under));
        assert.ok(inside);
        assert.deepEqual(reach(placed, { ...question, countOnly: true })?.ids, whole === null ? undefined : []);
      }
    });
  });
});

describe('what a change gives and takes', () => {
  it('finds every gain and every loss, and only those where no condition has a part', () => {
    inWorlds(1200, (world, random) => {
      const before = compilePolicy(world.policy);
      const change = createChange(random, world.policy, world);
      const exact =
        isUnconditional(world.policy) && (change.kind !== 'grants' || change.added.every(({ when }) => when === null));
      const after = random.chance(0.5)
        ? applyChange(before, change, 2)
        : compilePolicy(changedPolicy(world.policy, change, 2));
      const tree = PageTree.of(rowsOf(world));
      const found = diff(before, after, tree, at);
      const given = gains(before, after, at);
      for (const principal of world.principals) {
        for (const action of worldActions) {
          const gained = pagesIn(found.gains, tree, principal, action);
          const lost = pagesIn(found.losses, tree, principal, action);
          for (const id of world.tree.keys()) {
            const object = ancestryIn(world, id);
            for (let n = 0; n < (exact ? 1 : 4); n++) {
              const asker = call(random, world, principal);
              const was = allows(world.policy, asker, action, object);
              const is = allows(after.source, asker, action, object);
              const said = `world ${world.seed}: ${principal} ${action} ${id} ${JSON.stringify(change)}`;
              if (!was && is) {
                assert.ok(gained.has(id), `gain not found, ${said}`);
                const isGiven = given.some(
                  gain => gain.principals.includes(principal) && gain.actions.includes(action),
                );
                assert.ok(isGiven, `gain not found without a tree, ${said}`);
              }
              if (was && !is) assert.ok(lost.has(id), `loss not found, ${said}`);
              if (!exact) continue;
              assert.equal(gained.has(id), !was && is, `gain that is none, ${said}`);
              assert.equal(lost.has(id), was && !is, `loss that is none, ${said}`);
            }
          }
        }
      }
    });
  });

  it('rule 8: an author holds what every call of theirs may do throughout', () => {
    inWorlds(1200, (world, random) => {
      const before = compilePolicy(world.policy);
      const after = changedPolicy(world.policy, createChange(random, world.policy, world), 2);
      const author = createAsker(random, world);
      const beyond = beyondGrantor(
        before,
        after,
        author,
        random.chance(0.5) ? {} : { whereIs: someKnow(random, world) },
      );
      for (const principal of world.principals) {
        for (const action of worldActions) {
          if (beyond.includes(action)) continue;
          for (const id of world.tree.keys()) {
            const object = ancestryIn(world, id);
            const asker = call(random, world, principal);
            const isGain = !allows(world.policy, asker, action, object) && allows(after, asker, action, object);
            if (isGain)
              assert.ok(allows(world.policy, author, action, object), `world ${world.seed}: ${action} on ${id}`);
          }
        }
      }
    });
  });

  it('rule 8: a key for an agent gives nothing under its pages that its author does not hold there', () => {
    inWorlds(1200, (world, random) => {
      const [author, agent] = [createAsker(random, world), random.pick(world.principals)];
      if (agent === author.principal) return;
      const under = [random.pick([...world.tree.keys()]), random.pick([...world.tree.keys()])];
      const without = new Map([...world.policy.members].filter(([id]) => id !== agent));
      const before = compilePolicy({ ...world.policy, members: without });
      const beyond = beyondGrantor(before, world.policy, author, { whereIs: someKnow(random, world), under });
      for (const action of worldActions.filter(each => !beyond.includes(each))) {
        for (const id of world.tree.keys()) {
          if (!pathIn(world, id).some(above => under.includes(above.id))) continue;
          const object = ancestryIn(world, id);
          if (!allows(world.policy, call(random, world, agent), action, object)) continue;
          assert.ok(allows(world.policy, author, action, object), `world ${world.seed}: ${agent} ${action} on ${id}`);
        }
      }
    });
  });

  it('rule 8: exactly what an author holds throughout a place can be given there, whatever is kept from them elsewhere', () => {
    const found = { given: 0, refused: 0, despiteExceptions: 0 };
    inWorlds(2400, (given, random) => {
      const world = withoutConditions(given);
      const before = compilePolicy(world.policy);
      const author = createAsker(random, world);
      const action = random.pick(worldActions);
      const scope = { kind: random.pick(['page', 'page_only'] as const), id: random.pick([...world.tree.keys()]) };
      const like = { effect: 'allow', subject: { kind: 'everyone' }, when: null, properties: null } as const;
      const about = { reason: '', createdBy: null, createdAt: at, id: 'grt_x' as GrantId };
      const grants = [...world.policy.grants, { ...like, ...about, actions: [action], scopes: [scope] }];
      const whereIs = (id: string) => (world.tree.has(id) ? pathIn(world, id) : null);
      const beyond = beyondGrantor(before, { ...world.policy, revision: 2, grants }, author, { whereIs });
      const inside = [...world.tree.keys()]
        .map(id => pathIn(world, id))
        .filter(path => path.some(({ id }) => id === scope.id));
      const places =
        scope.kind === 'page_only' ? inside.filter(([self]) => self?.id === scope.id) : inside.flatMap(withChild);
      const isHeld = places.every(path => {
        const object = { state: 'known', path, properties: world.properties } as const;
        const masked =
          action === 'read' || action === 'update' ? before.maskedProperties(author, action, object).size : 0;
        return masked === 0 && allows(world.policy, author, action, object);
      });
      assert.deepEqual(beyond, isHeld ? [] : [action], `world ${world.seed}: ${action} on ${JSON.stringify(scope)}`);
      found[isHeld ? 'given' : 'refused']++;
      if (isHeld && before.hasExceptions(author, action)) found.despiteExceptions++;
    });
    assert.ok(Math.min(...Object.values(found)) > 50, JSON.stringify(found));
  });
});

/** Where some pages stand, as an index has it that does not know all of them. */
function someKnow(random: Random, world: World): WhereIs {
  const known = new Map([...world.tree.keys()].filter(() => random.chance(0.8)).map(id => [id, pathIn(world, id)]));
  return id => known.get(id) ?? null;
}

/** A place, and that of a page that may be made there. */
function withChild(path: readonly Container[]): (readonly Container[])[] {
  return [path, [{ kind: 'page', id: '00000000-0000-4000-8000-00000000abcd' }, ...path]];
}

function pagesIn(
  changes: ReturnType<typeof diff>['gains'],
  tree: PageTree,
  principal: PrincipalId,
  action: Action,
): Set<string> {
  const found = new Set<string>();
  for (const change of changes) {
    if (change.action !== action || !change.principals.includes(principal)) continue;
    const ids = pagesAtAnchors(tree, change.anchors, 1000);
    assert.equal(ids.length, change.pages);
    for (const id of ids) found.add(id);
  }
  return found;
}

describe('explanations', () => {
  it('name changes, each of which turns the judgement round', () => {
    const kinds = new Map<string, number>();
    inWorlds(400, (world, random) => {
      const snapshot = compilePolicy(world.policy);
      for (let n = 0; n < 3; n++) {
        const asker = createAsker(random, world);
        const action = random.pick(worldActions);
        const object = ancestryIn(world, random.pick([...world.tree.keys()]));
        const { judgement, grants, changes } = explain(snapshot, asker, action, object);
        assert.deepEqual(
          grants.map(({ grant }) => grant.id),
          judgement.grants,
        );
        for (const flip of changes) {
          kinds.set(flip.kind, (kinds.get(flip.kind) ?? 0) + 1);
          const after = withFlip(snapshot, flip, asker, action);
          const limit = flip.kind === 'other_key' ? null : asker.limit;
          const { effect } = referenceJudge(after, { ...asker, limit }, action, object);
          assert.notEqual(effect, judgement.effect, `world ${world.seed}: ${JSON.stringify(flip)}`);
        }
        const single =
          judgement.effect === 'deny' && judgement.because === 'denied_by_grant' && judgement.grants.length === 1;
        const role = snapshot.roleOf(asker.principal);
        if (single && asker.limit === null && role === 'admin')
          assert.ok(changes.some(flip => flip.kind === 'remove_grants' && flip.grants[0] === judgement.grants[0]));
      }
    });
    assert.deepEqual([...kinds.keys()].sort(), [
      ...[
        'add_grant',
        'join_group',
        'leave_group',
        'limit_includes',
        'other_key',
        'remove_grants',
        'remove_member',
        'set_role',
      ],
    ]);
  });
});

function withFlip({ source, parts }: CompiledPolicy, flip: Flip, { principal }: Asker, action: Action): Policy {
  const change = (): PolicyChange | null => {
    switch (flip.kind) {
      case 'add_grant': {
        const like = { subject: { kind: 'principal', id: principal }, when: null, properties: null } as const;
        const about = { reason: '', createdBy: null, createdAt: at, id: 'grt_x' as GrantId };
        const grant = { ...like, ...about, effect: flip.effect, actions: [action], scopes: [flip.scope] };
        return { kind: 'grants', removed: [], added: [grant] };
      }
      case 'limit_includes': {
        const limit = parts.ready.get(flip.grant)?.grant;
        if (limit === undefined) return null;
        return { kind: 'grants', removed: [], added: [{ ...limit, scopes: [...limit.scopes, flip.scope] }] };
      }
      case 'remove_grants':
        return { kind: 'grants', removed: flip.grants, added: [] };
      case 'join_group':
      case 'leave_group': {
        const group = source.groups.get(flip.group);
        if (group === undefined) return null;
        const others = group.principals.filter(id => id !== principal);
        const principals = flip.kind === 'join_group' ? [...others, principal] : others;
        return { kind: 'group', group: { ...group, principals } };
      }
      case 'set_role':
        return { kind: 'member', id: principal, role: flip.role };
      case 'remove_member':
        return { kind: 'member', id: principal, role: null };
      default:
        return null;
    }
  };
  const made = change();
  return made === null ? source : changedPolicy(source, made, 2);
}

describe('rules of a policy for itself', () => {
  it('finds everybody who breaks a prohibition, and nobody else', () => {
    inWorlds(800, (world, random, isExact) => {
      const placed = new PlacedPolicy(compilePolicy(world.policy), PageTree.of(rowsOf(world)));
      const page = random.pick([...world.tree.keys()]);
      const action = random.pick(worldActions);
      const scope = { kind: 'page', id: page } as const;
      const found = breaches(placed, { principals: world.principals, action, scope }, at);
      const below = [...world.tree.keys()].filter(id => pathIn(world, id).some(on => on.id === page));
      for (const principal of world.principals) {
        const breach = found.find(each => each.principal === principal);
        const may = below.filter(id =>
          allows(world.policy, call(random, world, principal), action, ancestryIn(world, id)),
        );
        if (may.length > 0) assert.ok(breach, `world ${world.seed}: ${principal} may ${action}`);
        if (isExact) assert.equal(breach?.pages ?? 0, may.length, `world ${world.seed}: ${principal}`);
        if (breach !== undefined) assert.ok(breach.page !== null && below.includes(breach.page));
        const expect = may.length === 0 ? 'deny' : 'allow';
        const here = unexpected(placed, { principals: [principal], action, scope, expect }, at);
        if (isExact && below.length === 1) assert.deepEqual(here, [], `world ${world.seed}: expected ${expect}`);
      }
    });
  });

  it('says of no grant that it changes nothing where it does', () => {
    const seen = new Map<string, number>();
    inWorlds(800, (world, random, isExact) => {
      const placed = new PlacedPolicy(compilePolicy(world.policy), PageTree.of(rowsOf(world)));
      const idle = new Map(
        [...lint(placed, at)].flatMap(found => (found === null ? [] : [[found.grant, found.because]])),
      );
      for (const because of idle.values()) seen.set(because, (seen.get(because) ?? 0) + 1);
      for (const grant of world.policy.grants.filter(({ properties }) => properties === null)) {
        const lesser = changedPolicy(world.policy, { kind: 'grants', removed: [grant.id], added: [] }, 2);
        const isSame = world.principals.every(principal =>
          worldActions.every(action =>
            [...[...world.tree.keys()].map(id => ancestryIn(world, id)), { state: 'known', path: [] } as const].every(
              object => {
                const asker = call(random, world, principal);
                return allows(world.policy, asker, action, object) === allows(lesser, asker, action, object);
              },
            ),
          ),
        );
        if (idle.has(grant.id)) assert.ok(isSame, `world ${world.seed}: ${grant.id} is said to be idle`);
        else if (isExact && !('role' in grant.actions)) assert.ok(!isSame, `world ${world.seed}: ${grant.id} is idle`);
      }
    });
    assert.ok((seen.get('changes_nothing') ?? 0) > 50, JSON.stringify([...seen]));
  });
});

describe('replay, and what use shows', () => {
  it('finds exactly the calls that would come out differently', () => {
    inWorlds(400, (world, random) => {
      const calls = pastCalls(random, world, 30);
      const change = createChange(random, world.policy, world);
      const after = compilePolicy(changedPolicy(world.policy, change, 2));
      const found = [...replay(calls, after)].filter(flip => flip !== null);
      const expected = calls.filter(each => isAllowed(after.source, each) !== (each.effect === 'allow'));
      assert.deepEqual(
        found.map(({ call: each }) => each),
        expected,
      );
      for (const { call: each, now } of found) assert.notEqual(now.effect, each.effect);
    });
  });

  it('proposes only smaller permissions, and says what each would break', () => {
    let proposals = 0;
    inWorlds(400, (world, random, isExact) => {
      const snapshot = compilePolicy(world.policy);
      const calls = pastCalls(random, world, 10);
      for (const { change, breaks } of leastPrivilege(snapshot, calls)) {
        proposals++;
        const after = changedPolicy(world.policy, change, 2);
        const broken = calls.filter(each => each.effect === 'allow' && !isAllowed(after, each));
        assert.deepEqual(breaks, broken, `world ${world.seed}`);
        // Where nothing is conditional and no role shares in it, what was used stays.
        if (isExact && change.kind === 'grants')
          assert.deepEqual(broken, [], `world ${world.seed}: ${JSON.stringify(change)}`);
        const smaller = blastRadius(snapshot, change, PageTree.of(rowsOf(world)), at);
        assert.deepEqual(smaller.gains, [], `world ${world.seed}: a smaller permission gives something`);
      }
    });
    assert.ok(proposals > 200);
  });
});

/** Calls with one object, and some with two, as a move has them. */
function pastCalls(random: Random, world: World, count: number): PastCall[] {
  return Array.from({ length: count }, () => {
    const demand = () => ({
      action: random.pick(worldActions),
      object: ancestryIn(world, random.pick([...world.tree.keys()])),
    });
    const past = { asker: createAsker(random, world), demands: random.chance(0.2) ? [demand(), demand()] : [demand()] };
    return { ...past, effect: isAllowed(world.policy, past) ? ('allow' as const) : ('deny' as const) };
  });
}

function isAllowed(policy: Policy, { asker, demands }: Pick<PastCall, 'asker' | 'demands'>): boolean {
  return demands.every(({ action, object }) => allows(policy, asker, action, object));
}
