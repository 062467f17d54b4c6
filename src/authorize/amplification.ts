import { type Action, actions, contentActions } from '../domain/action.ts';
import { nobodyKnows, type WhereIs } from '../domain/gift-places.ts';
import type { GrantScope } from '../domain/grant.ts';
import type { PrincipalId } from '../domain/ids.ts';
import type { Policy } from '../domain/policy.ts';
import type { Asker, PolicySnapshot } from '../domain/policy-snapshot.ts';
import { type ActionMask, actionsOfMask, bitOf, maskOf } from './action-bits.ts';
import { type CompiledPolicy, compiled, compilePolicy } from './compile-policy.ts';
import { classOf } from './engine.ts';
import { holds } from './holds.ts';
import type { ReadyGrant } from './ready-grant.ts';
import { subjectKey } from './standing-grants.ts';
import type { SubjectClass } from './subject-class.ts';

/** Actions that a change lets some principals do in a place where they could not, or not in every call. */
export interface Gain {
  readonly principals: readonly PrincipalId[];
  readonly actions: readonly Action[];
  readonly scopes: readonly GrantScope[];
}

/** Where what a change gives, and the exceptions to what its author holds, stand. */
export interface GiftPlaces {
  readonly whereIs?: WhereIs;
  /** Pages that content lies under which is given; null: anywhere. */
  readonly under?: readonly string[] | null;
}

const everywhere: readonly GrantScope[] = [{ kind: 'workspace' }];

/**
 * The actions that a change gives and that its author may not give (rule 8), in the order of the list of actions. They
 * are the actions that a member gains, and those of an added or removed grant even if it applies to no member yet. If
 * the author lacks a right at any place inside of what is given, the author does not hold it. A place outside of it
 * does not matter.
 */
export function beyondGrantor(
  before: PolicySnapshot,
  after: Policy,
  asker: Asker,
  { whereIs = nobodyKnows, under = null }: GiftPlaces = {},
): Action[] {
  const [was, is, { at }] = [compiled(before), compilePolicy(after), asker.context];
  const ofGrants = given(wordsOf(was.parts.ready.values(), at), wordsOf(is.parts.ready.values(), at));
  const all = [...ofGrants, ...gains(was, is, at).map(gain => ({ ...gain, mask: maskOf(gain.actions) }))];
  return actions.filter(action => {
    const about = all.filter(({ mask }) => (mask & bitOf(action)) !== 0);
    return about.some(
      ({ scopes }) => !within(scopes, action, under, whereIs).every(scope => holds(was, asker, action, scope, whereIs)),
    );
  });
}

/** What of some scopes is given: of content, what lies under the pages that it is limited to. */
function within(
  scopes: readonly GrantScope[],
  action: Action,
  under: readonly string[] | null,
  whereIs: WhereIs,
): readonly GrantScope[] {
  if (under === null || !(contentActions as readonly Action[]).includes(action)) return scopes;
  return scopes.flatMap(scope => {
    const all = under.map(id => ({ kind: 'page', id }) as const);
    if (scope.kind === 'workspace') return all;
    const place = whereIs(scope.id);
    if (place === null) return all;
    // A scope below such a page, and such a page below a scope; what stands apart from all of them is not given.
    if (place.some(({ id }) => under.includes(id))) return [scope];
    return scope.kind === 'page_only'
      ? []
      : all.filter(({ id }) => whereIs(id)?.some(at => at.id === scope.id) ?? true);
  });
}

/**
 * What members gain by a change of any form: for each member, compared by their grants before and after. It does not
 * ask where in the tree the grants stand, nor whether other grants decide the same. So it may find more than `diff`
 * does with a tree, and never less.
 */
export function gains(before: CompiledPolicy, after: CompiledPolicy, at: Date): Gain[] {
  const pairs = new Map<string, { was: SubjectClass | null; is: SubjectClass; principals: PrincipalId[] }>();
  const numbers = new Map<SubjectClass | null, number>();
  const numberOf = (each: SubjectClass | null) => {
    const number = numbers.get(each) ?? numbers.size;
    numbers.set(each, number);
    return number;
  };
  for (const principal of after.source.members.keys()) {
    const was = classOf(before.parts, principal);
    const is = classOf(after.parts, principal);
    if (is === null || was === is) continue;
    const key = `${numberOf(was)} ${numberOf(is)}`;
    const pair = pairs.get(key) ?? { was, is, principals: [] };
    pairs.set(key, pair);
    pair.principals.push(principal);
  }
  return [...pairs.values()].flatMap(({ was, is, principals }) =>
    gainsOf(was, is, at).map(({ mask, scopes }) => ({ principals, actions: actionsOfMask(mask), scopes })),
  );
}

interface Given {
  readonly mask: ActionMask;
  readonly scopes: readonly GrantScope[];
}

function gainsOf(was: SubjectClass | null, is: SubjectClass, at: Date): Given[] {
  const ofRole = { mask: is.role & ~(was?.role ?? 0), scopes: everywhere };
  const before = wordsOf(was === null ? [] : [...was.grants, ...was.masks], at);
  return [ofRole, ...given(before, wordsOf([...is.grants, ...is.masks], at))].filter(({ mask }) => mask !== 0);
}

/** An addition to an `allow` gives, and so does a removal from a `deny` or a `limit`. */
function given(before: ReadonlyMap<string, ReadyGrant>, after: ReadonlyMap<string, ReadyGrant>): Given[] {
  const added = [...after].filter(([words, { grant }]) => grant.effect === 'allow' && !before.has(words));
  const removed = [...before].filter(([words, { grant }]) => grant.effect !== 'allow' && !after.has(words));
  return [...added, ...removed].map(([, { mask, grant }]) => {
    // Outside of its scopes is where a limit denied.
    return { mask, scopes: grant.effect === 'limit' ? everywhere : grant.scopes };
  });
}

/** By everything in a grant that decides: two grants with the same words decide the same, with any ids and reasons. */
function wordsOf(grants: Iterable<ReadyGrant>, at: Date): ReadonlyMap<string, ReadyGrant> {
  const found = new Map<string, ReadyGrant>();
  for (const ready of grants) {
    const { effect, subject, scopes, properties } = ready.grant;
    const when = ready.conditions === null ? '' : ready.conditions.residue(at);
    if (when === null) continue;
    const places = scopes.map(scope => (scope.kind === 'workspace' ? '' : `${scope.kind}:${scope.id}`)).sort();
    const said = [effect, subjectKey(subject), ready.mask, places, when, properties && [...properties].sort()];
    found.set(JSON.stringify(said), ready);
  }
  return found;
}
