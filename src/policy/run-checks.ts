import type { PolicyAnalysis } from './analysis.ts';
import type { CheckPolicy, FailedCheck } from './check-policy.ts';
import { createNames, membersNamed } from './names.ts';

/**
 * Runs a workspace's checks of its policy, with the same evaluator as calls, for every possible call and on every known
 * page: if an invariant holds here, nothing breaks it. A test fails if the member that it names has left.
 */
export function createCheckPolicy({ lay }: Pick<PolicyAnalysis, 'lay'>): CheckPolicy {
  return async (workspaceId, policy, members, { invariants, tests }, at) => {
    if (invariants.length === 0 && tests.length === 0) return [];
    const names = createNames(members, policy.groups);
    const scopes = [...tests.map(({ on }) => on), ...invariants.map(({ never }) => never.on)];
    const laid = await lay(workspaceId, policy, scopes, at);
    const failed: FailedCheck[] = [];
    for (const test of tests) {
      const named = membersNamed(test.who, names, policy);
      const [first] = laid.unexpected(named, test.may, test.on, test.expect);
      if (named.length === 0) failed.push({ test, got: null });
      else if (first !== undefined) failed.push({ test, got: first.calls });
    }
    for (const invariant of invariants) {
      const { who, may, on } = invariant.never;
      const [first] = laid.breaking(membersNamed(who, names, policy), may, on);
      if (first === undefined) continue;
      failed.push({ invariant, brokenBy: names.nameOf(first.principal), at: first.page });
    }
    return failed;
  };
}
