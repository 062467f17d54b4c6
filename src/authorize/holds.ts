import type { Action } from '../domain/action.ts';
import type { Container } from '../domain/ancestry.ts';
import type { WhereIs } from '../domain/gift-places.ts';
import type { GrantScope } from '../domain/grant.ts';
import type { Asker } from '../domain/policy-snapshot.ts';
import { bitOf, maskOf } from './action-bits.ts';
import type { CompiledPolicy } from './compile-policy.ts';
import { classOf } from './engine.ts';
import type { ReadyGrant } from './ready-grant.ts';

/**
 * Whether an asker may do something in a whole scope, in every call: at its container, at everything below it, and
 * without an exception anywhere in it. Conditions on an allowing grant count as exceptions, because they would not bind
 * the given right. Exceptions elsewhere do not count. If the place of an exception, or of the scope itself, is not
 * known, the exception counts as inside.
 */
export function holds(
  policy: CompiledPolicy,
  asker: Asker,
  action: Action,
  scope: GrantScope,
  whereIs: WhereIs,
): boolean {
  const itsClass = classOf(policy.parts, asker.principal);
  if (itsClass === null) return false;
  const place = scope.kind === 'workspace' ? [] : whereIs(scope.id);
  const path = place ?? [{ kind: 'page', id: (scope as { id: string }).id }];
  if (!policy.may(asker, action, { state: 'known', path })) return false;
  const bit = bitOf(action);
  const { anchors } = policy.parts.standing;
  const anchor = anchors.of(path);
  const anchorsOf = scope.kind === 'page_only' ? [anchor] : [anchor, anchors.throughout(anchor)];
  if (anchorsOf.some(each => (itsClass.masksAt(each).always & bit) === 0)) return false;
  const { at } = asker.context;
  const masks = (bit & maskable) === 0 ? [] : itsClass.masks;
  return ![...itsClass.grants, ...masks].some(
    grant =>
      grant.grant.effect !== 'allow' &&
      (grant.mask & bit) !== 0 &&
      grant.conditions?.residue(at) !== null &&
      mayMeet(grant, scope, place, whereIs),
  );
}

/** What a mask of properties takes something from. */
const maskable = maskOf(['read', 'update']);

/** Whether an exception may take something away somewhere in a scope. */
function mayMeet(
  { grant: { effect, scopes }, throughout }: ReadyGrant,
  scope: GrantScope,
  place: readonly Container[] | null,
  whereIs: WhereIs,
): boolean {
  if (throughout) return effect !== 'limit';
  if (scope.kind === 'workspace' || place === null) return true;
  const isOver = (each: GrantScope) =>
    each.kind !== 'workspace' &&
    (each.kind === 'page_only'
      ? scope.kind === 'page_only' && each.id === scope.id
      : place.some(({ id }) => id === each.id));
  if (effect === 'limit') return !scopes.some(isOver);
  return scopes.some(each => isOver(each) || isInside(each, scope, whereIs));
}

/** Whether some of what an exception covers lies in a scope. */
function isInside(each: GrantScope, scope: Exclude<GrantScope, { kind: 'workspace' }>, whereIs: WhereIs): boolean {
  if (each.kind === 'workspace') return true;
  if (each.id === scope.id) return true;
  const standing = whereIs(each.id);
  if (standing === null) return true;
  return scope.kind !== 'page_only' && standing.some(({ id }) => id === scope.id);
}
