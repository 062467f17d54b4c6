import type { GrantScope, GrantSubject } from '../domain/grant.ts';
import type { PrincipalId } from '../domain/ids.ts';
import type { Policy } from '../domain/policy.ts';
import type { JudgedObject } from '../domain/policy-snapshot.ts';
import type { CompilePolicy } from '../domain/rights.ts';
import type { CheckPolicy, FailedCheck } from './check-policy.ts';
import { askerFor, objectAt } from './compare.ts';
import { createNames, type SubjectNames } from './names.ts';
import type { PagePlaces } from './page-places.ts';

/**
 * Judges what a workspace asks of its policy, by the same evaluator as calls. An invariant is looked at where it stands and
 * at every scope of a grant below, since what somebody may do changes nowhere else.
 */
export function createCheckPolicy(compile: CompilePolicy, places: Pick<PagePlaces, 'known'>): CheckPolicy {
  return async (workspaceId, policy, members, { invariants, tests }, at) => {
    if (invariants.length === 0 && tests.length === 0) return [];
    const snapshot = compile(policy);
    const names = createNames(members, policy.groups);
    const ids = [...scopesOf(policy), ...tests.map(({ on }) => on), ...invariants.map(({ never }) => never.on)].flatMap(
      idOf,
    );
    const paths = await places.known(workspaceId, [...new Set(ids)]);
    const objectOf = (scope: GrantScope) => objectAt(scope, paths);
    const failed: FailedCheck[] = [];
    for (const test of tests) {
      const effects = everyoneNamed(test.who, names, policy).map(
        id => snapshot.judge(askerFor(id, at), test.may, objectOf(test.on)).effect,
      );
      const got =
        effects.some(effect => effect !== test.expect) || effects.length === 0 ? other(test.expect) : test.expect;
      if (got !== test.expect) failed.push({ test, got });
    }
    for (const invariant of invariants) {
      const { who, may, on } = invariant.never;
      for (const scope of [on, ...scopesOf(policy).filter(scope => isBelow(objectOf(scope), on))]) {
        const breaking = everyoneNamed(who, names, policy).find(
          id => snapshot.judge(askerFor(id, at), may, objectOf(scope)).effect === 'allow',
        );
        if (breaking === undefined) continue;
        failed.push({
          invariant,
          brokenBy: names.nameOf(breaking),
          at: scope === on ? null : (idOf(scope)[0] ?? null),
        });
        break;
      }
    }
    return failed;
  };
}

function scopesOf({ grants }: Policy): GrantScope[] {
  return grants.flatMap(({ scopes }) => scopes);
}

function idOf(scope: GrantScope): string[] {
  return scope.kind === 'workspace' ? [] : [scope.id];
}

function isBelow(object: JudgedObject, on: GrantScope): boolean {
  if (on.kind === 'workspace') return true;
  return object.state === 'known' && object.path.some(({ id }) => id === on.id);
}

function other(effect: 'allow' | 'deny'): 'allow' | 'deny' {
  return effect === 'allow' ? 'deny' : 'allow';
}

function everyoneNamed(name: string, names: SubjectNames, policy: Policy): readonly PrincipalId[] {
  const subject: GrantSubject = names.subject(name);
  if (subject.kind === 'principal') return [subject.id];
  if (subject.kind === 'everyone') return [...policy.members.keys()];
  const group = policy.groups.get(subject.id);
  const inner = (group?.groups ?? []).flatMap(id => policy.groups.get(id)?.principals ?? []);
  return [...new Set([...(group?.principals ?? []), ...inner])];
}
