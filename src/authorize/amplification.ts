import { type Action, actions } from '../domain/action.ts';
import type { GrantScope } from '../domain/grant.ts';
import type { PrincipalId } from '../domain/ids.ts';
import type { Policy } from '../domain/policy.ts';
import type { Asker, PolicySnapshot } from '../domain/policy-snapshot.ts';
import { type ActionMask, actionsOfMask, bitOf, maskOf } from './action-bits.ts';
import { type CompiledPolicy, compiled, compilePolicy } from './compile-policy.ts';
import { classOf } from './engine.ts';
import type { ReadyGrant } from './ready-grant.ts';
import { subjectKey } from './standing-grants.ts';
import type { SubjectClass } from './subject-class.ts';

/** Actions that a change lets some principals do in a place where they could not, or not in every call. */
export interface Gain {
  readonly principals: readonly PrincipalId[];
  readonly actions: readonly Action[];
  readonly scopes: readonly GrantScope[];
}

const everywhere: readonly GrantScope[] = [{ kind: 'workspace' }];

/**
 * The actions that a change gives and that its author may not give (rule 8), in the order of the list of actions: what a
 * member gains by it, and what an added or removed grant is about even where nobody is meant by it yet. Where the author's
 * own rights end somewhere inside of what is given, the author does not hold it.
 */
export function beyondGrantor(before: PolicySnapshot, after: Policy, asker: Asker): Action[] {
  const [was, is, { at }] = [compiled(before), compilePolicy(after), asker.context];
  const ofGrants = given(wordsOf(was.parts.ready.values(), at), wordsOf(is.parts.ready.values(), at));
  const all = [...ofGrants, ...gains(was, is, at).map(gain => ({ ...gain, mask: maskOf(gain.actions) }))];
  return actions.filter(action => {
    const about = all.filter(({ mask }) => (mask & bitOf(action)) !== 0);
    return about.some(({ scopes }) => !scopes.every(scope => holds(was, asker, action, scope)));
  });
}

/**
 * What members gain by a change, whatever its form: for each, by the grants that are theirs before and after. Where in the
 * tree grants stand is not asked, nor whether others decide the same: so this finds more than `diff` does with a tree, and
 * never less.
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

/** What is added to an `allow` gives, and so does what is taken from a `deny` or a `limit`. */
function given(before: ReadonlyMap<string, ReadyGrant>, after: ReadonlyMap<string, ReadyGrant>): Given[] {
  const added = [...after].filter(([words, { grant }]) => grant.effect === 'allow' && !before.has(words));
  const removed = [...before].filter(([words, { grant }]) => grant.effect !== 'allow' && !after.has(words));
  return [...added, ...removed].map(([, { mask, grant }]) => {
    // Outside of its scopes is where a limit denied.
    return { mask, scopes: grant.effect === 'limit' ? everywhere : grant.scopes };
  });
}

/** By everything of a grant that decides: two that say the same decide the same, whatever their ids and reasons. */
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

/**
 * Whether somebody may do something throughout a scope, in every call. Any exception to it, wherever in the tree, counts as
 * inside; so does every condition on what allows it, which would not bind what is given.
 */
function holds(policy: CompiledPolicy, asker: Asker, action: Action, scope: GrantScope): boolean {
  if (policy.hasExceptions(asker, action)) return false;
  const path = scope.kind === 'workspace' ? [] : [{ kind: 'page' as const, id: scope.id }];
  if (!policy.may(asker, action, { state: 'known', path })) return false;
  const { parts } = policy;
  const anchor = parts.standing.anchors.of(path);
  return ((classOf(parts, asker.principal)?.masksAt(anchor).always ?? 0) & bitOf(action)) !== 0;
}
