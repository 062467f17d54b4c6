import type { Action } from '../../domain/action.ts';
import type { GrantId, PrincipalId } from '../../domain/ids.ts';
import { bitOf } from '../action-bits.ts';
import { membersByClass } from '../engine.ts';
import type { PlacedPolicy } from '../tree/placed-policy.ts';

/** Somebody who may do something, in every call or in some. */
export interface Capable {
  readonly principal: PrincipalId;
  readonly calls: 'always' | 'sometimes';
  readonly because: 'role' | 'grant';
  /** The grants that allow it, beside the role. */
  readonly grants: readonly GrantId[];
}

/**
 * Every member who may do something with a container, or with the workspace itself (null), from a moment on. What only some
 * calls may do, by conditions, is `sometimes`. Null: nobody knows where the container stands.
 */
export function whoCan(placed: PlacedPolicy, action: Action, id: string | null, at: Date): Capable[] | null {
  const { tree } = placed;
  const ordinal = id === null ? 0 : tree.find(id);
  const anchor = ordinal === -1 ? -1 : tree.anchorAt(ordinal);
  if (anchor === -1) return null;
  const bit = bitOf(action);
  const found: Capable[] = [];
  for (const [itsClass, members] of membersByClass(placed.parts)) {
    const calls = placed.reach(itsClass, anchor, bit, at);
    if (calls === 'never') continue;
    const { role, allows } = itsClass.applicable(placed.own(anchor));
    const because = (role & bit) === 0 ? 'grant' : 'role';
    const grants = allows
      .filter(({ mask, conditions }) => (mask & bit) !== 0 && conditions?.residue(at) !== null)
      .map(({ grant }) => grant.id);
    for (const principal of members) found.push({ principal, calls, because, grants });
  }
  return found;
}
