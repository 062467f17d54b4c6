import type { Action } from '../domain/action.ts';
import type { GrantId, GroupId, PrincipalId } from '../domain/ids.ts';
import type { Policy } from '../domain/policy.ts';
import { maskOf } from './action-bits.ts';
import { type GroupsByPrincipal, groupsByPrincipal } from './groups-of.ts';
import { type ReadyGrant, readyGrant } from './ready-grant.ts';
import { actionsOfBuiltInRole } from './roles.ts';
import { StandingGrants } from './standing-grants.ts';
import { SubjectClass } from './subject-class.ts';

/**
 * The compiled form of a policy. Values, except for what they remember: a change makes another engine, which shares the
 * unchanged parts.
 */
export interface EngineParts {
  readonly policy: Policy;
  readonly groupsOf: GroupsByPrincipal;
  readonly ready: ReadonlyMap<GrantId, ReadyGrant>;
  readonly standing: StandingGrants;
  /** By role and subjects. */
  readonly classes: Map<string, SubjectClass>;
  readonly classByPrincipal: Map<PrincipalId, SubjectClass>;
}

const noGroups: ReadonlySet<GroupId> = new Set();
const nothing: ReadonlySet<Action> = new Set();

export function actionsOfRole({ roles }: Pick<Policy, 'roles'>, role: string): ReadonlySet<Action> {
  return actionsOfBuiltInRole(role) ?? roles.get(role) ?? nothing;
}

export function compileParts(policy: Policy): EngineParts {
  const ready = policy.grants.map(grant => readyGrant(grant, role => actionsOfRole(policy, role)));
  return {
    policy,
    groupsOf: groupsByPrincipal(policy),
    ready: new Map(ready.map(grant => [grant.grant.id, grant])),
    standing: StandingGrants.of(ready),
    classes: new Map(),
    classByPrincipal: new Map(),
  };
}

/** The class of a member; null for a principal who is none. */
export function classOf(parts: EngineParts, principal: PrincipalId): SubjectClass | null {
  const known = parts.classByPrincipal.get(principal);
  if (known !== undefined) return known;
  const role = parts.policy.members.get(principal);
  if (role === undefined) return null;
  const { standing, classes } = parts;
  const groups = [...(parts.groupsOf.get(principal) ?? noGroups)].sort();
  const subjects = ['everyone', principal, ...groups].filter(subject => standing.has(subject));
  const mask = maskOf(actionsOfRole(parts.policy, role));
  const key = `${mask},${subjects.join()}`;
  const found = classes.get(key) ?? new SubjectClass(mask, subjects, standing);
  classes.set(key, found);
  parts.classByPrincipal.set(principal, found);
  return found;
}

/** All classes of a policy, each with its members. */
export function membersByClass(parts: EngineParts): ReadonlyMap<SubjectClass, readonly PrincipalId[]> {
  const found = new Map<SubjectClass, PrincipalId[]>();
  for (const principal of parts.policy.members.keys()) {
    const itsClass = classOf(parts, principal);
    if (itsClass === null) continue;
    const members = found.get(itsClass);
    if (members === undefined) found.set(itsClass, [principal]);
    else members.push(principal);
  }
  return found;
}
