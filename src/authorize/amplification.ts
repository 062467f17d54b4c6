import { type Action, actions } from '../domain/action.ts';
import type { Grant, GrantScope, GrantSubject } from '../domain/grant.ts';
import type { GroupId, PrincipalId } from '../domain/ids.ts';
import type { Policy } from '../domain/policy.ts';
import type { Asker, PolicySnapshot } from '../domain/policy-snapshot.ts';
import { compilePolicy } from './compile-policy.ts';
import { groupsByPrincipal } from './groups-of.ts';

/** Actions that a change lets somebody do in a place where they could not. */
interface Gain {
  readonly actions: ReadonlySet<Action>;
  readonly scopes: readonly GrantScope[];
}

const everywhere: readonly GrantScope[] = [{ kind: 'workspace' }];

/**
 * The actions that a change gives to somebody and that its author may not give (rule 8), in the order of the list of
 * actions. By net effect: what is added to an `allow` gives, and so does what is taken from a `deny` or a `limit`, whichever
 * form the change has. Where the author's own rights end somewhere inside of what is given, the author does not hold it.
 */
export function beyondGrantor(before: PolicySnapshot, after: Policy, asker: Asker): Action[] {
  const given = gains(before.source, before, after, compilePolicy(after));
  return actions.filter(action =>
    given.some(gain => gain.actions.has(action) && !gain.scopes.every(scope => holds(before, asker, action, scope))),
  );
}

function gains(before: Policy, beforeCompiled: PolicySnapshot, after: Policy, afterCompiled: PolicySnapshot): Gain[] {
  const ready = (policy: Policy, snapshot: PolicySnapshot) =>
    new Map(policy.grants.map(grant => [said(grant, snapshot), grant]));
  const was = ready(before, beforeCompiled);
  const is = ready(after, afterCompiled);
  const added = [...is].filter(([words, grant]) => grant.effect === 'allow' && !was.has(words));
  const removed = [...was].filter(([words, grant]) => grant.effect !== 'allow' && !is.has(words));
  return [
    ...added.map(([, grant]) => gainOf(grant, afterCompiled)),
    ...removed.map(([, grant]) => gainOf(grant, beforeCompiled)),
    ...gainsOfMembers(before, beforeCompiled, after, afterCompiled),
  ];
}

/** Outside of its scopes is where a limit denied. */
function gainOf(grant: Grant, snapshot: PolicySnapshot): Gain {
  return { actions: actionsOf(grant, snapshot), scopes: grant.effect === 'limit' ? everywhere : grant.scopes };
}

/** Who has another role, has joined a group or has left one. */
function gainsOfMembers(
  before: Policy,
  beforeCompiled: PolicySnapshot,
  after: Policy,
  afterCompiled: PolicySnapshot,
): Gain[] {
  const groupsBefore = groupsByPrincipal(before);
  const groupsAfter = groupsByPrincipal(after);
  return [...after.members].flatMap(([id, role]) => {
    const formerRole = before.members.get(id);
    const former = formerRole === undefined ? nothing : beforeCompiled.ofRole(formerRole);
    const byRole = afterCompiled.ofRole(role).difference(former);
    const joined = (groupsAfter.get(id) ?? noGroups).difference(groupsBefore.get(id) ?? noGroups);
    const left = (groupsBefore.get(id) ?? noGroups).difference(groupsAfter.get(id) ?? noGroups);
    const newcomer = formerRole === undefined;
    return [
      ...(byRole.size === 0 ? [] : [{ actions: byRole, scopes: everywhere }]),
      ...after.grants
        .filter(
          ({ effect, subject }) =>
            effect === 'allow' && (newcomer ? isFor(subject, id, groupsAfter) : inOneOf(joined, subject)),
        )
        .map(grant => gainOf(grant, afterCompiled)),
      ...before.grants
        .filter(({ effect, subject }) => effect !== 'allow' && inOneOf(left, subject))
        .map(grant => gainOf(grant, beforeCompiled)),
    ];
  });
}

const nothing: ReadonlySet<Action> = new Set();
const noGroups: ReadonlySet<GroupId> = new Set();

function inOneOf(groups: ReadonlySet<GroupId>, subject: GrantSubject): boolean {
  return subject.kind === 'group' && groups.has(subject.id);
}

function isFor(
  subject: GrantSubject,
  id: PrincipalId,
  groups: ReadonlyMap<PrincipalId, ReadonlySet<GroupId>>,
): boolean {
  if (subject.kind === 'everyone') return true;
  return subject.kind === 'principal' ? subject.id === id : inOneOf(groups.get(id) ?? noGroups, subject);
}

/** Everything of a grant that decides: two that say the same decide the same, whatever their ids and reasons. */
function said(grant: Grant, snapshot: PolicySnapshot): string {
  const { effect, subject, scopes, when, properties } = grant;
  const names = [...actionsOf(grant, snapshot)].sort();
  const places = scopes.map(scope => JSON.stringify(scope)).sort();
  return JSON.stringify([effect, subject, names, places, when, properties && [...properties].sort()]);
}

function actionsOf({ actions: named }: Grant, snapshot: PolicySnapshot): ReadonlySet<Action> {
  return 'role' in named ? snapshot.ofRole(named.role) : new Set(named);
}

/** Whether somebody may do something throughout a scope. Any exception to it, wherever in the tree, counts as inside. */
function holds(policy: PolicySnapshot, asker: Asker, action: Action, scope: GrantScope): boolean {
  const object =
    scope.kind === 'workspace'
      ? ({ state: 'workspace', filtered: false } as const)
      : ({ state: 'known', path: [{ kind: 'page', id: scope.id }] } as const);
  return policy.judge(asker, action, object).effect === 'allow' && !policy.hasExceptions(asker, action);
}
