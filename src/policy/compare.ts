import { type Action, actions } from '../domain/action.ts';
import type { Ancestry } from '../domain/ancestry.ts';
import type { Grant, GrantScope } from '../domain/grant.ts';
import type { GroupId, PrincipalId } from '../domain/ids.ts';
import type { Policy } from '../domain/policy.ts';
import type { Asker, JudgedObject, PolicySnapshot } from '../domain/policy-snapshot.ts';

/** What somebody can do in a place under one of two policies and not under the other. */
export interface Difference {
  readonly principal: PrincipalId;
  readonly actions: readonly Action[];
  /** The place and what is below it, as far as no place below it has a difference of its own. */
  readonly on: GrantScope;
}

export interface Comparison {
  readonly gains: readonly Difference[];
  readonly losses: readonly Difference[];
}

/**
 * Who gains and who loses by a change, and what. Exact: what somebody may do changes nowhere but at places that grants name,
 * so those are looked at, by the same evaluator as calls. Pure.
 *
 * @param paths where the places stand that the grants of both policies name
 */
export function comparePolicies(
  before: PolicySnapshot,
  after: PolicySnapshot,
  paths: ReadonlyMap<string, Ancestry>,
  at: Date,
): Comparison {
  const gains: Difference[] = [];
  const losses: Difference[] = [];
  const [was, is] = [grantsByPrincipal(before.source), grantsByPrincipal(after.source)];
  for (const principal of new Set([...before.source.members.keys(), ...after.source.members.keys()])) {
    const [former, later] = [was(principal), is(principal)];
    const role = (snapshot: PolicySnapshot) => snapshot.ofRole(snapshot.roleOf(principal) ?? '');
    if (isSame(role(before), role(after)) && saysSame(former, later, before, after)) continue;
    for (const on of placesOf([...former, ...later])) {
      const object = objectAt(on, paths);
      const gained = changed(principal, at, object, before, after);
      const lost = changed(principal, at, object, after, before);
      if (gained.length > 0) gains.push({ principal, actions: gained, on });
      if (lost.length > 0) losses.push({ principal, actions: lost, on });
    }
  }
  return { gains: withoutRepetition(gains, paths), losses: withoutRepetition(losses, paths) };
}

/** Everything that the grants of a policy name. */
export function namedPlaces({ grants }: Policy): string[] {
  return grants.flatMap(({ scopes }) => scopes.flatMap(scope => (scope.kind === 'workspace' ? [] : [scope.id])));
}

/** What is denied under one policy and allowed under the other. */
function changed(
  principal: PrincipalId,
  at: Date,
  object: JudgedObject,
  without: PolicySnapshot,
  withIt: PolicySnapshot,
): Action[] {
  const asker = askerFor(principal, at);
  return actions.filter(
    action =>
      withIt.judge(asker, action, object).effect === 'allow' && without.judge(asker, action, object).effect === 'deny',
  );
}

/** With a key and no sign-in behind it: what conditions test of a call is as weak as it can be. */
export function askerFor(principal: PrincipalId, at: Date): Asker {
  return { principal, limit: null, context: { at, door: 'api', address: '', signIn: null } };
}

/** A place of which nothing is known stands by itself. */
export function objectAt(scope: GrantScope, paths: ReadonlyMap<string, Ancestry>): JudgedObject {
  if (scope.kind === 'workspace') return { state: 'workspace', filtered: false };
  const known = paths.get(scope.id);
  if (known?.state === 'known') return known;
  return { state: 'known', path: [{ kind: scope.kind === 'database' ? 'database' : 'page', id: scope.id }] };
}

function placesOf(grants: readonly Grant[]): GrantScope[] {
  const all: GrantScope[] = [{ kind: 'workspace' }, ...grants.flatMap(({ scopes }) => scopes)];
  return [...new Map(all.map(scope => [JSON.stringify(scope), scope])).values()];
}

/** A difference that holds above already is not told again below. */
function withoutRepetition(found: readonly Difference[], paths: ReadonlyMap<string, Ancestry>): Difference[] {
  const at = new Map(found.map(one => [`${one.principal} ${placeKey(one.on)}`, new Set(one.actions)]));
  return found.flatMap(one => {
    const above = abovePlaces(one.on, paths).map(place => at.get(`${one.principal} ${place}`));
    const left = one.actions.filter(action => !above.some(told => told?.has(action) === true));
    return left.length === 0 ? [] : [{ ...one, actions: left }];
  });
}

function placeKey(scope: GrantScope): string {
  return scope.kind === 'workspace' ? 'workspace' : scope.id;
}

function abovePlaces(scope: GrantScope, paths: ReadonlyMap<string, Ancestry>): string[] {
  if (scope.kind === 'workspace') return [];
  const known = paths.get(scope.id);
  return ['workspace', ...(known?.state === 'known' ? known.path.slice(1).map(({ id }) => id) : [])];
}

function grantsByPrincipal({ grants, groups, members }: Policy): (principal: PrincipalId) => readonly Grant[] {
  const direct = new Map<PrincipalId, Set<GroupId>>();
  const holders = new Map<GroupId, GroupId[]>();
  for (const { id, groups: inner } of groups.values())
    for (const held of inner) holders.set(held, [...(holders.get(held) ?? []), id]);
  for (const { id, principals } of groups.values()) {
    for (const principal of principals) {
      const all = direct.get(principal) ?? new Set();
      for (const group of [id, ...(holders.get(id) ?? [])]) all.add(group);
      direct.set(principal, all);
    }
  }
  return principal =>
    members.has(principal)
      ? grants.filter(({ subject }) => {
          if (subject.kind === 'everyone') return true;
          return subject.kind === 'principal'
            ? subject.id === principal
            : (direct.get(principal)?.has(subject.id) ?? false);
        })
      : [];
}

function saysSame(a: readonly Grant[], b: readonly Grant[], before: PolicySnapshot, after: PolicySnapshot): boolean {
  const words = (grants: readonly Grant[], { ofRole }: PolicySnapshot) =>
    new Set(
      grants.map(({ effect, actions: named, scopes, when, properties }) =>
        JSON.stringify([effect, [...('role' in named ? ofRole(named.role) : named)].sort(), scopes, when, properties]),
      ),
    );
  return isSame(words(a, before), words(b, after));
}

function isSame(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && a.isSubsetOf(b);
}
