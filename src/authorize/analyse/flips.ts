import { type Action, builtInRoles } from '../../domain/action.ts';
import type { Flip } from '../../domain/explained.ts';
import type { Grant, GrantScope } from '../../domain/grant.ts';
import type { GrantId, GroupId, PrincipalId } from '../../domain/ids.ts';
import type { Group, Policy } from '../../domain/policy.ts';
import type { Asker, JudgedObject, Judgement } from '../../domain/policy-snapshot.ts';
import { changedPolicy, type PolicyChange } from '../apply-change.ts';
import { type CompiledPolicy, compilePolicy } from '../compile-policy.ts';
import { covers } from '../ready-grant.ts';

/** Candidates that are tried at most. */
const triedMax = 500;

/**
 * Finds single changes that would turn a judgement round, and tries each with the evaluator itself: on the part of the
 * policy that bears on this principal and this object, which decides the same about them as the whole.
 */
export function flips(
  snapshot: CompiledPolicy,
  asker: Asker,
  action: Action,
  object: JudgedObject,
  { effect, grants }: Judgement,
): Flip[] {
  const small = partFor(snapshot.source, asker.principal, object);
  const found: Flip[] = [];
  if (effect === 'deny' && asker.limit !== null) {
    if (snapshot.may({ ...asker, limit: null }, action, object)) found.push({ kind: 'other_key' });
  }
  const turns = ({ change }: Candidate) => {
    const after = compilePolicy(changedPolicy(small, change, small.revision));
    return after.judge(asker, action, object).effect !== effect;
  };
  const tried = candidates(small, asker.principal, action, object, effect).slice(0, triedMax);
  found.push(...tried.filter(turns).map(({ flip }) => flip));
  const together = removal(grants);
  if (grants.length > 1 && !found.some(({ kind }) => kind === 'remove_grants') && turns(together))
    found.unshift(together.flip);
  return found;
}

function removal(grants: readonly GrantId[]): Candidate {
  return { flip: { kind: 'remove_grants', grants }, change: { kind: 'grants', removed: grants, added: [] } };
}

interface Candidate {
  readonly flip: Flip;
  readonly change: PolicyChange;
}

/** The smallest changes first: at this object, of one grant, of one membership, of the role. */
function candidates(
  policy: Policy,
  principal: PrincipalId,
  action: Action,
  object: JudgedObject,
  effect: 'allow' | 'deny',
): Candidate[] {
  const scope = scopeOf(object);
  const isMember = policy.members.has(principal);
  return [
    ...(scope === null || !isMember ? [] : [newGrant(principal, action, scope, effect === 'deny' ? 'allow' : 'deny')]),
    ...(scope === null
      ? []
      : policy.grants.filter(({ effect: is }) => is === 'limit').map(limit => wider(limit, scope))),
    ...policy.grants.map(({ id }) => removal([id])),
    ...[...policy.groups.values()].map(group => joinOrLeave(group, principal)),
    ...[...builtInRoles, ...policy.roles.keys()].map((role): Candidate => {
      return { flip: { kind: 'set_role', role }, change: { kind: 'member', id: principal, role } };
    }),
    { flip: { kind: 'remove_member' }, change: { kind: 'member', id: principal, role: null } },
  ];
}

function scopeOf(object: JudgedObject): GrantScope | null {
  if (object.state === 'workspace') return { kind: 'workspace' };
  const self = object.state === 'known' ? object.path[0] : undefined;
  if (self === undefined) return object.state === 'known' ? { kind: 'workspace' } : null;
  return { kind: self.kind === 'database' ? 'database' : 'page', id: self.id };
}

function newGrant(principal: PrincipalId, action: Action, scope: GrantScope, effect: 'allow' | 'deny'): Candidate {
  const grant: Grant = {
    id: 'grt_00000000-0000-7000-8000-000000000000',
    effect,
    subject: { kind: 'principal', id: principal },
    actions: [action],
    scopes: [scope],
    when: null,
    properties: null,
    reason: '',
    createdBy: null,
    createdAt: new Date(0),
  };
  return { flip: { kind: 'add_grant', effect, scope }, change: { kind: 'grants', removed: [], added: [grant] } };
}

function wider(limit: Grant, scope: GrantScope): Candidate {
  const changed = { ...limit, scopes: [...limit.scopes, scope] };
  return {
    flip: { kind: 'limit_includes', grant: limit.id, scope },
    change: { kind: 'grants', removed: [limit.id], added: [changed] },
  };
}

function joinOrLeave(group: Group, principal: PrincipalId): Candidate {
  const isIn = group.principals.includes(principal);
  const principals = isIn ? group.principals.filter(id => id !== principal) : [...group.principals, principal];
  return {
    flip: { kind: isIn ? 'leave_group' : 'join_group', group: group.id },
    change: { kind: 'group', group: { ...group, principals } },
  };
}

/** A policy that decides the same about one principal and one object, with few other parts. */
function partFor(policy: Policy, principal: PrincipalId, object: JudgedObject): Policy {
  const role = policy.members.get(principal);
  const bears = (grant: Grant) =>
    grant.properties === null &&
    (grant.subject.kind !== 'principal' || grant.subject.id === principal) &&
    (object.state !== 'known' || grant.effect === 'limit' || grant.scopes.some(scope => covers(scope, object)));
  const groups = [...policy.groups.values()].map((group): [GroupId, Group] => {
    return [group.id, { ...group, principals: group.principals.includes(principal) ? [principal] : [] }];
  });
  return {
    revision: policy.revision,
    roles: policy.roles,
    members: new Map(role === undefined ? [] : [[principal, role]]),
    groups: new Map(groups),
    grants: policy.grants.filter(bears),
  };
}
