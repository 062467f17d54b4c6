import type { Action } from '../../domain/action.ts';
import type { Container } from '../../domain/ancestry.ts';
import type { Grant, GrantScope } from '../../domain/grant.ts';
import type { GrantId, PrincipalId } from '../../domain/ids.ts';
import { builtInRoles } from '../../domain/role.ts';
import { actionsOfMask, bitOf } from '../action-bits.ts';
import { applyChange, type PolicyChange } from '../apply-change.ts';
import type { CompiledPolicy } from '../compile-policy.ts';
import { actionsOfRole } from '../engine.ts';
import { type PastCall, type Replay, replay } from './replay.ts';

/** A change that takes away what nobody used, with the proof of what it would break. */
export interface LeastPrivilege {
  readonly change: PolicyChange;
  readonly about: { readonly grant: GrantId } | { readonly principal: PrincipalId };
  /** Actions that stay; empty: everything goes. */
  readonly keeps: readonly Action[];
  /** Of a grant: where it stays. */
  readonly scopes: readonly GrantScope[];
  /** Calls of the past that it would deny. None, unless conditions or other grants had a part in them. */
  readonly breaks: Replay<PastCall>['lost'];
}

interface Use {
  mask: number;
  readonly paths: (readonly Container[])[];
}

/**
 * Proposes smaller grants and roles from the calls of some time: a grant that allowed nothing goes, one that allowed less than
 * it could names only that, on the lowest container that holds everything. A role that is bigger than what was used through
 * it becomes the smallest that is not. Each proposal stands by itself and was replayed by itself.
 */
export function leastPrivilege(snapshot: CompiledPolicy, calls: readonly PastCall[]): LeastPrivilege[] {
  const byGrant = new Map<GrantId, Use>();
  const byRole = new Map<PrincipalId, Use>();
  for (const { asker, action, object, effect } of calls) {
    if (effect !== 'allow') continue;
    const judgement = snapshot.judge(asker, action, object);
    if (judgement.effect !== 'allow') continue;
    const path = object.state === 'known' ? object.path : [];
    if (judgement.because === 'role') use(byRole, asker.principal, action, path);
    for (const id of judgement.grants) use(byGrant, id, action, path);
  }
  const grants = snapshot.source.grants.flatMap(grant => smallerGrant(snapshot, grant, byGrant.get(grant.id)));
  const roles = [...snapshot.source.members].flatMap(([id, role]) => smallerRole(snapshot, id, role, byRole.get(id)));
  return [...grants, ...roles].map(proposal => {
    const after = applyChange(snapshot, proposal.change, snapshot.revision + 1);
    return { ...proposal, breaks: replay(calls, after).lost };
  });
}

function use<K>(uses: Map<K, Use>, key: K, action: Action, path: readonly Container[]): void {
  const known = uses.get(key) ?? { mask: 0, paths: [] };
  uses.set(key, known);
  known.mask |= bitOf(action);
  known.paths.push(path);
}

type Proposal = Omit<LeastPrivilege, 'breaks'>;

function smallerGrant({ parts }: CompiledPolicy, grant: Grant, used: Use | undefined): Proposal[] {
  if (grant.effect !== 'allow') return [];
  const about = { grant: grant.id };
  if (used === undefined) {
    return [{ about, keeps: [], scopes: [], change: { kind: 'grants', removed: [grant.id], added: [] } }];
  }
  const keeps = actionsOfMask(used.mask);
  const lowest = lowestCommon(used.paths);
  const scopes = lowest === null || !covers(grant.scopes, lowest) ? grant.scopes : [scopeOf(lowest[0])];
  const isSmaller = used.mask !== parts.ready.get(grant.id)?.mask || !isScopeOf(grant, scopes);
  if (!isSmaller) return [];
  const added = [{ ...grant, actions: keeps, scopes }];
  return [{ about, keeps, scopes, change: { kind: 'grants', removed: [grant.id], added } }];
}

function isScopeOf({ scopes }: Grant, others: readonly GrantScope[]): boolean {
  const name = (scope: GrantScope) => (scope.kind === 'workspace' ? '' : scope.id);
  return others.every(other => scopes.some(scope => name(scope) === name(other))) && scopes.length === others.length;
}

/** The path of the lowest container that all paths go through; null: only the workspace holds them all. */
function lowestCommon(paths: Use['paths']): LowestPath | null {
  const [first = [], ...others] = paths;
  const index = first.findIndex(({ id }) => others.every(path => path.some(on => on.id === id)));
  const found = first[index];
  return found === undefined ? null : [found, ...first.slice(index + 1)];
}

type LowestPath = readonly [Container, ...Container[]];

/** Whether scopes hold for a container and for everything below it. */
function covers(scopes: readonly GrantScope[], path: LowestPath): boolean {
  return scopes.some(scope => {
    return scope.kind === 'workspace' || (scope.kind !== 'page_only' && path.some(({ id }) => id === scope.id));
  });
}

function scopeOf({ kind, id }: Container): GrantScope {
  return { kind: kind === 'database' ? 'database' : 'page', id };
}

function smallerRole({ source }: CompiledPolicy, id: PrincipalId, role: string, used: Use | undefined): Proposal[] {
  const allowed = (name: string) => actionsOfRole(source, name);
  const needed = new Set(actionsOfMask(used?.mask ?? 0));
  const [smallest] = [...builtInRoles, ...source.roles.keys()]
    .filter(name => allowed(name).isSupersetOf(needed) && allowed(name).isSubsetOf(allowed(role)))
    .filter(name => allowed(name).size < allowed(role).size)
    .sort((a, b) => allowed(a).size - allowed(b).size);
  if (smallest === undefined) return [];
  const keeps = [...allowed(smallest)];
  return [{ about: { principal: id }, keeps, scopes: [], change: { kind: 'member', id, role: smallest } }];
}
