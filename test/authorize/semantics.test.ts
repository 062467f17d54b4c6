/** What a policy means, line by line: a property for each. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { changedPolicy } from '../../src/authorize/apply-change.ts';
import { compilePolicy } from '../../src/authorize/compile-policy.ts';
import { type Action, actions } from '../../src/domain/action.ts';
import type { Grant } from '../../src/domain/grant.ts';
import type { GrantId, GroupId, PrincipalId } from '../../src/domain/ids.ts';
import type { Policy } from '../../src/domain/policy.ts';
import type { Asker, JudgedObject } from '../../src/domain/policy-snapshot.ts';
import { createRandom, type Random } from './worlds/random.ts';
import {
  ancestryIn,
  createAsker,
  createGrant,
  createWorld,
  objectsIn,
  pathIn,
  uuidOf,
  type World,
  worldActions,
  worldMoment,
} from './worlds/world.ts';

interface Question {
  readonly asker: Asker;
  readonly action: Action;
  readonly object: JudgedObject;
}

/** Some questions in each of some worlds. */
function inWorlds(check: (world: World, questions: readonly Question[], random: Random) => void, count = 300): void {
  for (let seed = 1; seed <= count; seed++) {
    const world = createWorld(seed + 50_000);
    const random = createRandom(seed);
    const questions = Array.from({ length: 3 }, () => createAsker(random, world)).flatMap(asker =>
      objectsIn(world).flatMap(object => worldActions.map(action => ({ asker, action, object }))),
    );
    check(world, questions, random);
  }
}

function answers(policy: Policy, questions: readonly Question[]): boolean[] {
  const snapshot = compilePolicy(policy);
  return questions.map(({ asker, action, object }) => snapshot.judge(asker, action, object).effect === 'allow');
}

/** Fails where something is allowed by one policy and not by the other. */
function isWithin(smaller: Policy, larger: Policy, questions: readonly Question[], why: string): void {
  const [less, more] = [answers(smaller, questions), answers(larger, questions)];
  for (const [index, allowed] of less.entries())
    assert.ok(!allowed || more[index], `${why}: ${JSON.stringify(questions[index])}`);
}

function isSame(one: Policy, other: Policy, questions: readonly Question[], why: string): void {
  isWithin(one, other, questions, why);
  isWithin(other, one, questions, why);
}

function without(policy: Policy, isGone: (grant: Grant) => boolean): Policy {
  return { ...policy, grants: policy.grants.filter(grant => !isGone(grant)) };
}

function aGrant(world: World, random: Random, given: Partial<Grant>): Grant {
  const grant = createGrant(random, 30, world.principals, [...world.policy.groups.keys()], [...world.tree.keys()]);
  return { ...grant, ...given, id: `grt_${uuidOf(9999)}` };
}

describe('what a policy means', () => {
  it('1: nothing is allowed where nothing allows it', () => {
    inWorlds((world, questions) => {
      const members = new Map([...world.policy.members.keys()].map(id => [id, 'guest']));
      const empty = { ...without(world.policy, ({ effect }) => effect === 'allow'), members };
      assert.ok(answers(empty, questions).every(allowed => !allowed));
    });
  });

  it('2: a matching deny wins, wherever it stands; order and repetition do not matter', () => {
    inWorlds((world, questions, random) => {
      const { grants } = world.policy;
      isSame(world.policy, { ...world.policy, grants: grants.toReversed() }, questions, 'order');
      const again = grants.map((grant, n): Grant => ({ ...grant, id: `grt_${uuidOf(5000 + n)}` }));
      isSame(world.policy, { ...world.policy, grants: [...grants, ...again] }, questions, 'repetition');
      const page = random.pick([...world.tree.keys()]);
      const deny = aGrant(world, random, {
        ...{ effect: 'deny', subject: { kind: 'everyone' }, actions: [...worldActions] },
        ...{ scopes: [{ kind: 'page', id: page }], when: null, properties: null },
      });
      const below = questions.filter(
        ({ object }) => object.state === 'known' && object.path.some(({ id }) => id === page),
      );
      assert.ok(answers({ ...world.policy, grants: [deny, ...grants] }, below).every(allowed => !allowed));
    });
  });

  it('3: a limit narrows and never gives; inside its scopes it takes nothing', () => {
    inWorlds((world, questions, random) => {
      isWithin(
        world.policy,
        without(world.policy, ({ effect }) => effect === 'limit'),
        questions,
        'without limits',
      );
      const page = random.pick([...world.tree.keys()]);
      const limit = aGrant(world, random, { effect: 'limit', scopes: [{ kind: 'page', id: page }], properties: null });
      const inside = questions.filter(
        ({ object }) => object.state === 'known' && object.path.some(({ id }) => id === page),
      );
      isSame(world.policy, { ...world.policy, grants: [...world.policy.grants, limit] }, inside, 'inside');
    });
  });

  it('4: what is allowed is allowed by the role or by a grant on the path', () => {
    inWorlds((world, questions) => {
      const snapshot = compilePolicy(world.policy);
      for (const { asker, action, object } of questions) {
        const { effect, because, grants } = snapshot.judge(asker, action, object);
        if (effect === 'deny' || object.state !== 'known') continue;
        const role = snapshot.roleOf(asker.principal);
        if (because === 'role') assert.ok(role !== null && snapshot.ofRole(role).has(action));
        else assert.ok(grants.length > 0);
        const ids = new Set(object.path.map(({ id }) => id));
        for (const id of grants) {
          const grant = world.policy.grants.find(each => each.id === id);
          assert.ok(grant?.effect === 'allow');
          assert.ok(grant.scopes.some(scope => scope.kind === 'workspace' || ids.has(scope.id)));
        }
      }
    });
  });

  it('5: no action implies another: a grant decides the actions that it names and no others', () => {
    inWorlds((world, questions, random) => {
      const named = random.some(worldActions, 0.4);
      const grant = aGrant(world, random, { actions: named, properties: null });
      const others = questions.filter(({ action }) => !named.includes(action));
      isSame(world.policy, { ...world.policy, grants: [...world.policy.grants, grant] }, others, 'another action');
    });
  });

  it('6: a grant for a page alone is not handed down', () => {
    inWorlds((world, questions, random) => {
      const page = random.pick([...world.tree.keys()]);
      const effect = random.pick(['allow', 'deny'] as const);
      const grant = aGrant(world, random, { effect, scopes: [{ kind: 'page_only', id: page }], properties: null });
      const elsewhere = questions.filter(({ object }) => object.state === 'known' && object.path[0]?.id !== page);
      isSame(world.policy, { ...world.policy, grants: [...world.policy.grants, grant] }, elsewhere, 'elsewhere');
    });
  });

  it('7: what is not known of a call never allows more than anything that could be known', () => {
    inWorlds((world, questions) => {
      const snapshot = compilePolicy(world.policy);
      for (const { asker, action, object } of questions) {
        if (object.state !== 'known') continue;
        const context = { ...asker.context, address: '', signIn: null };
        const bare: JudgedObject = { state: 'known', path: object.path };
        if (snapshot.may({ ...asker, context }, action, bare)) assert.ok(snapshot.may(asker, action, object));
      }
    });
  });

  it('8: what nobody knows is denied with a reason, unless it would be allowed wherever it stands', () => {
    inWorlds((world, questions) => {
      const snapshot = compilePolicy(world.policy);
      const stranger: PrincipalId = `usr_${uuidOf(777)}`;
      for (const { asker, action, object } of questions) {
        assert.equal(snapshot.judge({ ...asker, principal: stranger }, action, object).because, 'not_a_member');
        const unknown = snapshot.judge(asker, action, { state: 'unknown' });
        if (unknown.effect === 'allow' && object.state === 'known') assert.ok(snapshot.may(asker, action, object));
        if (unknown.effect === 'deny') assert.notEqual(unknown.because, 'grant');
        assert.ok(!snapshot.may(asker, 'no action' as Action, object));
      }
    });
  });

  it('9: a mask hides properties and decides nothing else', () => {
    inWorlds((world, questions) => {
      const isMask = ({ properties }: Grant) => properties !== null;
      isSame(world.policy, without(world.policy, isMask), questions, 'without masks');
      const unmasked = compilePolicy(without(world.policy, isMask));
      for (const { asker, object } of questions) {
        if (object.state !== 'workspace') assert.equal(unmasked.maskedProperties(asker, 'read', object).size, 0);
      }
    });
  });

  it('10: a deny or a limit that is added never gives, an allow that is added never takes', () => {
    inWorlds((world, questions, random) => {
      const grant = aGrant(world, random, {});
      const more = { ...world.policy, grants: [...world.policy.grants, grant] };
      if (grant.effect === 'allow') isWithin(world.policy, more, questions, 'an added allow');
      else isWithin(more, world.policy, questions, `an added ${grant.effect}`);
    }, 1_000);
  });

  it('10: who leaves a group that only allows gains nothing, and a move changes nothing outside of what is moved', () => {
    inWorlds((world, questions, random) => {
      const allows = without(world.policy, ({ effect, subject }) => effect !== 'allow' && subject.kind === 'group');
      for (const group of allows.groups.values()) {
        const principals = group.principals.filter(() => random.chance(0.5));
        const after = changedPolicy(allows, { kind: 'group', group: { ...group, principals } }, 2);
        isWithin(after, allows, questions, 'left');
      }
      const moved = random.pick([...world.tree.keys()]);
      const tree = new Map(world.tree);
      tree.set(moved, { kind: 'page', parent: null });
      const later = { ...world, tree };
      const snapshot = compilePolicy(world.policy);
      for (const { asker, action } of questions) {
        const id = random.pick([...world.tree.keys()]);
        if (pathIn(world, id).some(on => on.id === moved)) continue;
        const [was, is] = [ancestryIn(world, id), ancestryIn(later, id)];
        assert.deepEqual(snapshot.judge(asker, action, is), snapshot.judge(asker, action, was));
      }
    });
  });

  it('11: one workspace does not bear on another: both in one decide what each decided', () => {
    inWorlds((world, questions, random) => {
      const other = renamed(createWorld(random.below(1_000_000)).policy);
      const both: Policy = {
        ...world.policy,
        members: new Map([...world.policy.members, ...other.members]),
        groups: new Map([...world.policy.groups, ...other.groups]),
        grants: [...world.policy.grants, ...other.grants],
      };
      // What both have in common is what no name tells apart.
      const own = questions.filter(({ object }) => object.state === 'known');
      isSame(world.policy, both, own, 'together');
    });
  });

  it('12: a permission that somebody has for an hour outweighs no deny', () => {
    inWorlds((world, questions, random) => {
      const until = new Date(worldMoment.getTime() + 3_600_000);
      const given = { effect: 'allow', actions: [...actions], when: { until }, properties: null } as const;
      const grant = aGrant(world, random, given);
      const snapshot = compilePolicy(world.policy);
      const after = compilePolicy({ ...world.policy, grants: [...world.policy.grants, grant] });
      for (const { asker, action, object } of questions) {
        const was = snapshot.judge(asker, action, object);
        if (was.because === 'denied_by_grant') assert.deepEqual(after.judge(asker, action, object), was);
      }
    });
  });
});

/** The same policy about other people, groups and pages; grants for everyone become grants for a group of its own. */
function renamed(policy: Policy): Policy {
  const other = <T extends string>(id: T) => id.replace('_0', '_f').replace(/^0/, 'f') as T;
  const all: GroupId = `grp_${uuidOf(4242)}`;
  const groups = [...policy.groups.values()].map(group => ({
    ...group,
    id: other(group.id),
    principals: group.principals.map(other),
    groups: group.groups.map(other),
  }));
  const everyone = { id: all, name: 'all', principals: [...policy.members.keys()].map(other), groups: [] };
  return {
    ...policy,
    members: new Map([...policy.members].map(([id, role]) => [other(id), role])),
    groups: new Map([...groups, everyone].map(group => [group.id, group])),
    grants: policy.grants.map(
      (grant): Grant => ({
        ...grant,
        id: other(grant.id) as GrantId,
        subject:
          grant.subject.kind === 'everyone'
            ? { kind: 'group', id: all }
            : ({ ...grant.subject, id: other(grant.subject.id) } as Grant['subject']),
        scopes: grant.scopes.map(scope => (scope.kind === 'workspace' ? scope : { ...scope, id: other(scope.id) })),
      }),
    ),
  };
}
