import { type Action, contentActions } from '../domain/action.ts';
import type { Grant, GrantScope, GrantSubject, KeyLimit } from '../domain/grant.ts';
import type { GroupId, PrincipalId } from '../domain/ids.ts';
import type { Policy } from '../domain/policy.ts';
import type { Asker, JudgedObject, Judgement, PolicySnapshot } from '../domain/policy-snapshot.ts';
import { type Conditions, compileConditions } from './conditions.ts';
import { actionsOfBuiltInRole } from './roles.ts';

interface ReadyGrant {
  readonly grant: Grant;
  readonly actions: ReadonlySet<Action>;
  readonly conditions: Conditions | null;
}

/** Makes a policy ready to answer (design section 6). Pure. */
export function compilePolicy(policy: Policy): PolicySnapshot {
  const groupsOf = groupsByPrincipal(policy);
  const ready = policy.grants
    .map(grant => ({
      grant,
      actions: 'role' in grant.actions ? ofRole(grant.actions.role) : new Set(grant.actions),
      conditions: grant.when === null ? null : compileConditions(grant.when),
    }))
    .sort((a, b) => (a.grant.id < b.grant.id ? -1 : 1));
  const matching = new Map<PrincipalId, readonly ReadyGrant[]>();

  function ofRole(role: string): ReadonlySet<Action> {
    return actionsOfBuiltInRole(role) ?? policy.roles.get(role) ?? nothing;
  }

  /** The grants that are for somebody: by name, by group, or as a member. */
  function grantsOf(principal: PrincipalId): readonly ReadyGrant[] {
    const known = matching.get(principal);
    if (known !== undefined) return known;
    const groups = groupsOf.get(principal) ?? noGroups;
    const found = policy.members.has(principal)
      ? ready.filter(({ grant }) => isFor(grant.subject, principal, groups))
      : [];
    matching.set(principal, found);
    return found;
  }

  /** What the principal may do; a key takes from that, and gives nothing. */
  function judge(asker: Asker, action: Action, object: JudgedObject): Judgement {
    const judgement = judgePrincipal(asker, action, object);
    const { limit } = asker;
    if (judgement.effect === 'deny' || limit === null) return judgement;
    if (limit.actions?.has(action) === false) return because('deny', 'key_lacks_action');
    if (limit.under === null || withinKeyPages(limit, action, object)) return judgement;
    return because('deny', unresolved(object) ?? 'outside_key_pages');
  }

  function judgePrincipal(asker: Asker, action: Action, object: JudgedObject): Judgement {
    const role = policy.members.get(asker.principal);
    if (role === undefined) return because('deny', 'not_a_member');
    const relevant = grantsOf(asker.principal).filter(
      ({ actions, grant }) => actions.has(action) && grant.properties === null,
    );
    const open = unresolved(object);
    if (open !== null && relevant.some(({ grant }) => onPages(grant))) return because('deny', open);
    const denying = relevant.filter(grant => denies(grant, asker, object));
    if (denying.length > 0) {
      const byDeny = denying.filter(({ grant }) => grant.effect === 'deny');
      return because('deny', byDeny.length > 0 ? 'denied_by_grant' : 'outside_limit', denying);
    }
    const allowing = relevant.filter(grant => allows(grant, asker, object));
    if (ofRole(role).has(action)) return because('allow', 'role', allowing);
    return allowing.length > 0 ? because('allow', 'grant', allowing) : because('deny', 'role_lacks_action');
  }

  return {
    revision: policy.revision,
    source: policy,
    roleOf: principal => policy.members.get(principal) ?? null,
    ofRole,
    dependsOnPages: ({ principal, limit }) =>
      limit?.under != null || grantsOf(principal).some(({ grant }) => onPages(grant)),
    judge,
    hasExceptions: ({ principal, limit }, action) =>
      limit?.under != null ||
      grantsOf(principal).some(({ grant, actions }) => grant.effect !== 'allow' && actions.has(action)),
    maskedProperties(asker, action, object) {
      const masking = grantsOf(asker.principal).filter(
        ready => ready.grant.properties !== null && ready.actions.has(action) && hides(ready, asker, object),
      );
      return new Set(masking.flatMap(({ grant }) => grant.properties ?? []));
    },
    widens(before, after, context) {
      if (!policy.grants.some(onPages)) return false;
      return [...policy.members.keys()].some(principal => {
        const asker = { principal, limit: null, context };
        return contentActions.some(
          action => judge(asker, action, after).effect === 'allow' && judge(asker, action, before).effect === 'deny',
        );
      });
    },
    testedProperties: new Set(policy.grants.flatMap(({ when }) => Object.keys(when?.property ?? {}))),
  };
}

const nothing: ReadonlySet<Action> = new Set();
const noGroups: ReadonlySet<GroupId> = new Set();

function because(
  effect: 'allow' | 'deny',
  reason: Judgement['because'],
  grants: readonly ReadyGrant[] = [],
): Judgement {
  return { effect, because: reason, grants: grants.map(({ grant }) => grant.id) };
}

/** Why nothing that depends on pages can be decided about an object. */
function unresolved({ state }: JudgedObject): 'unknown_object' | 'stale_object' | null {
  if (state === 'unknown') return 'unknown_object';
  return state === 'stale' ? 'stale_object' : null;
}

function isContent(action: Action): boolean {
  return (contentActions as readonly Action[]).includes(action);
}

/** Whether it matters to a grant where an object stands. */
function onPages({ scopes, when }: Grant): boolean {
  return when?.property !== undefined || scopes.some(({ kind }) => kind !== 'workspace');
}

function isFor(subject: GrantSubject, principal: PrincipalId, groups: ReadonlySet<GroupId>): boolean {
  if (subject.kind === 'everyone') return true;
  return subject.kind === 'principal' ? subject.id === principal : groups.has(subject.id);
}

/** Direct groups, and the groups that hold those: one level, whatever the data says. */
export function groupsByPrincipal({ groups }: Policy): ReadonlyMap<PrincipalId, ReadonlySet<GroupId>> {
  const holders = new Map<GroupId, GroupId[]>();
  for (const { id, groups: inner } of groups.values())
    for (const held of inner) holders.set(held, [...(holders.get(held) ?? []), id]);
  const found = new Map<PrincipalId, Set<GroupId>>();
  for (const { id, principals } of groups.values()) {
    for (const principal of principals) {
      const all = found.get(principal) ?? new Set();
      for (const group of [id, ...(holders.get(id) ?? [])]) all.add(group);
      found.set(principal, all);
    }
  }
  return found;
}

function denies({ grant, conditions }: ReadyGrant, { context }: Asker, object: JudgedObject): boolean {
  if (grant.effect === 'allow') return false;
  const covered = grant.scopes.some(scope => covers(scope, object));
  if (isFiltered(object) && (grant.effect === 'limit' || grant.when?.property !== undefined)) return false;
  if ((grant.effect === 'deny') !== covered) return false;
  return conditions === null || conditions(context, object) !== 'no';
}

/** Whether a mask holds. Where nobody knows where the object stands, it does. */
function hides(mask: ReadyGrant, asker: Asker, object: JudgedObject): boolean {
  if (object.state === 'known' || object.state === 'workspace') return denies(mask, asker, object);
  return mask.conditions === null || mask.conditions(asker.context, object) !== 'no';
}

function allows({ grant, conditions }: ReadyGrant, { context }: Asker, object: JudgedObject): boolean {
  if (grant.effect !== 'allow') return false;
  // What a filtered list shows of each object is judged there; it is empty at worst.
  if (isFiltered(object)) return conditions === null || conditions(context, object) !== 'no';
  if (!grant.scopes.some(scope => covers(scope, object))) return false;
  return conditions === null || conditions(context, object) === 'yes';
}

function covers(scope: GrantScope, object: JudgedObject): boolean {
  if (scope.kind === 'workspace') return true;
  if (object.state !== 'known') return false;
  if (scope.kind === 'page_only') return object.path[0]?.id === scope.id;
  return object.path.some(({ id }) => id === scope.id);
}

/** What a key that is limited to pages reaches: content under them, and what its limit of actions names beside content. */
function withinKeyPages({ actions, under }: KeyLimit, action: Action, object: JudgedObject): boolean {
  if (!isContent(action)) return actions !== null;
  if (object.state === 'workspace') return object.filtered;
  return object.state === 'known' && object.path.some(({ id }) => under?.includes(id));
}

function isFiltered(object: JudgedObject): boolean {
  return object.state === 'workspace' && object.filtered;
}
