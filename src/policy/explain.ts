import type { Action } from '../domain/action.ts';
import type { Container } from '../domain/ancestry.ts';
import type { Grant } from '../domain/grant.ts';
import type { GroupId, PrincipalId } from '../domain/ids.ts';
import { newId } from '../domain/ids.ts';
import type { Policy } from '../domain/policy.ts';
import type { Asker, JudgedObject, Judgement, PolicySnapshot } from '../domain/policy-snapshot.ts';
import type { CompilePolicy } from '../domain/rights.ts';
import { builtInRoles } from '../domain/role.ts';

/** Why somebody may do something somewhere, or may not. */
export interface Explanation extends Omit<Judgement, 'grants'> {
  readonly path: readonly Container[];
  /** Every grant that decided it. */
  readonly grants: readonly Grant[];
  /** Single changes that would turn the decision round; each was tried. */
  readonly changes: readonly Change[];
}

/** One change of a policy. */
export type Change =
  | { readonly kind: 'remove_grants'; readonly grants: readonly Grant[] }
  | { readonly kind: 'leave_group'; readonly group: GroupId }
  | { readonly kind: 'join_group'; readonly group: GroupId }
  | { readonly kind: 'set_role'; readonly role: string }
  | { readonly kind: 'add_grant'; readonly effect: 'allow' | 'deny'; readonly on: Container | null };

/** At most so many changes are proposed. */
const changesMax = 12;

/** Explains a judgement by the same evaluator. Pure. */
export function explain(
  policy: PolicySnapshot,
  compile: CompilePolicy,
  asker: Asker,
  action: Action,
  object: JudgedObject,
): Explanation {
  const { effect, because, grants } = policy.judge(asker, action, object);
  const byId = new Map(policy.source.grants.map(grant => [grant.id, grant]));
  const determining = grants.flatMap(id => byId.get(id) ?? []);
  const flips = ({ change, after }: Candidate) => {
    const changed = compile(after).judge(asker, action, object).effect !== effect;
    return changed ? [change] : [];
  };
  return {
    effect,
    because,
    path: object.state === 'known' ? object.path : [],
    grants: determining,
    changes: candidates(policy, asker.principal, action, object, effect, determining)
      .flatMap(flips)
      .slice(0, changesMax),
  };
}

interface Candidate {
  readonly change: Change;
  readonly after: Policy;
}

function candidates(
  { source, ofRole, roleOf }: PolicySnapshot,
  principal: PrincipalId,
  action: Action,
  object: JudgedObject,
  effect: 'allow' | 'deny',
  determining: readonly Grant[],
): Candidate[] {
  if (!source.members.has(principal)) return [];
  const ids = new Set(determining.map(({ id }) => id));
  const removed: Candidate[] =
    ids.size === 0
      ? []
      : [
          {
            change: { kind: 'remove_grants', grants: determining },
            after: { ...source, grants: source.grants.filter(({ id }) => !ids.has(id)) },
          },
        ];
  const groups = [...source.groups.values()].flatMap(({ id, principals }): Candidate[] => {
    const inside = principals.includes(principal);
    const after = principals.includes(principal)
      ? principals.filter(member => member !== principal)
      : [...principals, principal];
    const group = source.groups.get(id);
    if (group === undefined) return [];
    return [
      {
        change: { kind: inside ? 'leave_group' : 'join_group', group: id },
        after: { ...source, groups: new Map([...source.groups, [id, { ...group, principals: after }]]) },
      },
    ];
  });
  const wanted = effect === 'deny';
  const roles = [...builtInRoles, ...source.roles.keys()]
    .filter(role => role !== roleOf(principal) && ofRole(role).has(action) === wanted)
    .map(
      (role): Candidate => ({
        change: { kind: 'set_role', role },
        after: { ...source, members: new Map([...source.members, [principal, role]]) },
      }),
    );
  return [...removed, ...groups, ...roles, added(source, principal, action, object, wanted ? 'allow' : 'deny')];
}

function added(
  source: Policy,
  principal: PrincipalId,
  action: Action,
  object: JudgedObject,
  effect: 'allow' | 'deny',
): Candidate {
  const on = object.state === 'known' ? (object.path[0] ?? null) : null;
  const grant: Grant = {
    id: newId('grt'),
    effect,
    subject: { kind: 'principal', id: principal },
    actions: [action],
    scopes: [on === null ? { kind: 'workspace' } : { kind: on.kind === 'page' ? 'page' : 'database', id: on.id }],
    when: null,
    properties: null,
    reason: '',
    createdBy: null,
    createdAt: new Date(0),
  };
  return { change: { kind: 'add_grant', effect, on }, after: { ...source, grants: [...source.grants, grant] } };
}
