import { type Action, actions } from '../domain/action.ts';
import type { Grant } from '../domain/grant.ts';
import type { Policy } from '../domain/policy.ts';
import type { IdleGrant } from '../domain/policy-advice.ts';
import { createNames, membersNamed, membersOf } from './names.ts';
import type { StoredPolicy } from './policy-store.ts';

/** Something in a policy that has no effect, or more effect than its author may have meant. None of it is an error. */
export type Lint =
  | { readonly of: 'grant'; readonly grant: Grant; readonly because: IdleGrant['because'] | 'everyone' }
  | { readonly of: 'group'; readonly name: string; readonly because: 'empty' | 'unused' }
  | { readonly of: 'role'; readonly name: string; readonly because: 'no_actions' | 'unused' }
  /** By their places in the document. */
  | { readonly of: 'invariant' | 'test'; readonly place: number; readonly because: 'nobody' | 'nowhere' };

export interface LintParts {
  readonly idle: readonly IdleGrant[];
  /** What a role allows. */
  readonly actionsOf: (role: string) => ReadonlySet<Action>;
  /** Whether anything that is known has this id. */
  readonly isKnown: (id: string) => boolean;
}

/** Everything that a careful reader would ask about, grants first. Pure. */
export function lintPolicy(stored: StoredPolicy, { idle, actionsOf, isKnown }: LintParts): Lint[] {
  const { policy, members, checks } = stored;
  const names = createNames(members, policy.groups);
  const byId = new Map(policy.grants.map(grant => [grant.id, grant]));
  const idleGrants = idle.flatMap(({ grant, because }): Lint[] => {
    const found = byId.get(grant);
    return found === undefined ? [] : [{ of: 'grant', grant: found, because }];
  });
  const asked = [
    ...checks.invariants.map(({ never: { who, on } }, place) => ({ of: 'invariant' as const, place, who, on })),
    ...checks.tests.map(({ who, on }, place) => ({ of: 'test' as const, place, who, on })),
  ];
  const checked = asked.flatMap(({ of, place, who, on }): Lint[] => {
    if (membersNamed(who, names, policy).length === 0) return [{ of, place, because: 'nobody' }];
    return on.kind === 'workspace' || isKnown(on.id) ? [] : [{ of, place, because: 'nowhere' }];
  });
  return [...idleGrants, ...toEveryone(policy, actionsOf), ...lintGroups(policy), ...lintRoles(policy), ...checked];
}

/** Allowances for everyone of actions that only the built-in role `admin` has. */
function toEveryone({ grants }: Policy, actionsOf: LintParts['actionsOf']): Lint[] {
  const ordinary = actionsOf('editor').union(actionsOf('viewer'));
  return grants.flatMap((grant): Lint[] => {
    if (grant.effect !== 'allow' || grant.subject.kind !== 'everyone') return [];
    const allowed = 'role' in grant.actions ? actionsOf(grant.actions.role) : new Set(grant.actions);
    return actions.some(action => allowed.has(action) && !ordinary.has(action))
      ? [{ of: 'grant', grant, because: 'everyone' }]
      : [];
  });
}

function lintGroups({ groups, grants }: Policy): Lint[] {
  const named = new Set(grants.flatMap(({ subject }) => (subject.kind === 'group' ? [subject.id] : [])));
  const inner = new Set([...groups.values()].flatMap(group => group.groups));
  return [...groups.values()].flatMap((group): Lint[] => {
    if (membersOf(group, groups).length === 0) return [{ of: 'group', name: group.name, because: 'empty' }];
    return named.has(group.id) || inner.has(group.id) ? [] : [{ of: 'group', name: group.name, because: 'unused' }];
  });
}

function lintRoles({ roles, members, grants }: Policy): Lint[] {
  const used = new Set([
    ...members.values(),
    ...grants.flatMap(grant => ('role' in grant.actions ? [grant.actions.role] : [])),
  ]);
  return [...roles].flatMap(([name, allowed]): Lint[] => {
    if (allowed.size === 0) return [{ of: 'role', name, because: 'no_actions' }];
    return used.has(name) ? [] : [{ of: 'role', name, because: 'unused' }];
  });
}
