import { type Action, builtInRoles } from '../../domain/action.ts';
import type { Container } from '../../domain/ancestry.ts';
import type { Grant, GrantScope } from '../../domain/grant.ts';
import type { GrantId, PrincipalId } from '../../domain/ids.ts';
import type { PastCall, UnplacedCall } from '../../domain/past-call.ts';
import type { LesserRight } from '../../domain/policy-advice.ts';
import { actionsOfMask, bitOf } from '../action-bits.ts';
import { applyChange, type PolicyChange } from '../apply-change.ts';
import type { CompiledPolicy } from '../compile-policy.ts';
import { actionsOfRole } from '../engine.ts';
import { replay } from './replay.ts';

interface Use<Call> {
  /** The actions that were used, as far as the log shows. */
  mask: number;
  uses: number;
  /** The places of use; null: the place is no longer known. */
  readonly paths: (readonly Container[] | null)[];
  /** Calls that it had a part in. */
  readonly calls: Call[];
}

type Uses<K, Call> = Map<K, Use<Call>>;

/** What the calls of some time show about a policy, and the consequences for its grants and roles. */
interface Shown<Call> {
  readonly byGrant: Uses<GrantId, Call>;
  readonly byRole: Uses<PrincipalId, Call>;
}

/** A change that takes away unused rights, in the form of the evaluator. */
export interface Lessening<Call extends PastCall> extends LesserRight<Call> {
  readonly change: PolicyChange;
}

/**
 * Proposes smaller grants and roles from the calls of some time. A grant that allowed nothing goes. One that was used
 * in part keeps only the used actions, on the lowest container that holds everything. A role that is bigger than its
 * use becomes the smallest sufficient one. Each proposal stands by itself and was replayed by itself, with the calls
 * that its grant or role took part in: no other calls can change. Yields after each proposal, so that the work can be
 * done in slices.
 *
 * @param unplaced calls that count as used, for a grant in any place: a deleted page does not show where it stood
 */
export function* leastPrivilege<Call extends PastCall>(
  snapshot: CompiledPolicy,
  calls: Iterable<Call>,
  unplaced: Iterable<UnplacedCall> = [],
): Generator<Lessening<Call>> {
  const shown: Shown<Call> = { byGrant: new Map(), byRole: new Map() };
  for (const call of calls) note(shown, snapshot, call);
  for (const call of unplaced) noteUnplaced(shown, call);
  const { source } = snapshot;
  for (const grant of source.grants) {
    const its = shown.byGrant.get(grant.id);
    yield* smallerGrant(snapshot, grant, its).map(proposal => replayed(snapshot, proposal, its));
  }
  for (const [id, role] of source.members) {
    const its = shown.byRole.get(id);
    yield* smallerRole(snapshot, id, role, its).map(proposal => replayed(snapshot, proposal, its));
  }
}

/** What had a part in a call that was allowed, and still is. */
function note<Call extends PastCall>({ byGrant, byRole }: Shown<Call>, snapshot: CompiledPolicy, call: Call): void {
  const { asker, demands, effect } = call;
  if (effect !== 'allow' || !demands.every(({ action, object }) => snapshot.may(asker, action, object))) return;
  for (const { action, object } of demands) {
    const { because, grants } = snapshot.judge(asker, action, object);
    const path = object.state === 'known' ? object.path : [];
    if (because === 'role') use(byRole, asker.principal, action, path, call);
    for (const id of grants) use(byGrant, id, action, path, call);
  }
}

function noteUnplaced<Call>({ byGrant, byRole }: Shown<Call>, call: UnplacedCall): void {
  for (const action of call.actions) {
    use(byRole, call.principal, action, null, null);
    for (const id of call.grants) use(byGrant, id, action, null, null);
  }
}

function use<K, Call>(
  uses: Uses<K, Call>,
  key: K,
  action: Action,
  path: readonly Container[] | null,
  call: Call | null,
): void {
  const known = uses.get(key) ?? { mask: 0, uses: 0, paths: [], calls: [] };
  uses.set(key, known);
  known.mask |= bitOf(action);
  known.paths.push(path);
  if (call !== null && known.calls.at(-1) === call) return;
  known.uses++;
  if (call !== null) known.calls.push(call);
}

type Proposal = Pick<Lessening<PastCall>, 'about' | 'keeps' | 'scopes' | 'change'>;

function replayed<Call extends PastCall>(
  snapshot: CompiledPolicy,
  proposal: Proposal,
  its: Use<Call> | undefined,
): Lessening<Call> {
  const { calls, uses } = its ?? { calls: [], uses: 0 };
  if (calls.length === 0) return { ...proposal, uses, breaks: [] };
  const after = applyChange(snapshot, proposal.change, snapshot.revision + 1);
  return { ...proposal, uses, breaks: [...replay(calls, after)].flatMap(flip => flip?.call ?? []) };
}

function smallerGrant({ parts }: CompiledPolicy, grant: Grant, used: Use<unknown> | undefined): Proposal[] {
  if (grant.effect !== 'allow') return [];
  const about = { grant: grant.id };
  const granted = parts.ready.get(grant.id)?.mask ?? 0;
  if (used === undefined || (used.mask & granted) === 0) {
    return [{ about, keeps: [], scopes: [], change: { kind: 'grants', removed: [grant.id], added: [] } }];
  }
  const keeps = actionsOfMask(used.mask & granted);
  const lowest = lowestCommon(used.paths);
  const scopes = lowest === null || !covers(grant.scopes, lowest) ? grant.scopes : [scopeOf(lowest[0])];
  const isSmaller = (used.mask & granted) !== granted || !isScopeOf(grant, scopes);
  if (!isSmaller) return [];
  const added = [{ ...grant, actions: keeps, scopes }];
  return [{ about, keeps, scopes, change: { kind: 'grants', removed: [grant.id], added } }];
}

function isScopeOf({ scopes }: Grant, others: readonly GrantScope[]): boolean {
  const name = (scope: GrantScope) => (scope.kind === 'workspace' ? '' : scope.id);
  return others.every(other => scopes.some(scope => name(scope) === name(other))) && scopes.length === others.length;
}

/** The path of the lowest container that all paths go through; null: only the workspace holds them all. */
function lowestCommon(paths: Use<unknown>['paths']): LowestPath | null {
  const [first, ...others] = paths;
  if (first == null) return null;
  const index = first.findIndex(({ id }) => others.every(path => path?.some(on => on.id === id)));
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

function smallerRole(
  { source }: CompiledPolicy,
  id: PrincipalId,
  role: string,
  used: Use<unknown> | undefined,
): Proposal[] {
  const allowed = (name: string) => actionsOfRole(source, name);
  const needed = new Set(actionsOfMask(used?.mask ?? 0)).intersection(allowed(role));
  const [smallest] = [...builtInRoles, ...source.roles.keys()]
    .filter(name => allowed(name).isSupersetOf(needed) && allowed(name).isSubsetOf(allowed(role)))
    .filter(name => allowed(name).size < allowed(role).size)
    .sort((a, b) => allowed(a).size - allowed(b).size);
  if (smallest === undefined) return [];
  const keeps = [...allowed(smallest)];
  return [
    { about: { principal: id, role: smallest }, keeps, scopes: [], change: { kind: 'member', id, role: smallest } },
  ];
}
