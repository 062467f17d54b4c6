import type { Action } from '../../domain/action.ts';
import type { Capable } from '../../domain/explained.ts';
import type { JudgedObject } from '../../domain/policy-snapshot.ts';
import { bitOf } from '../action-bits.ts';
import type { CompiledPolicy } from '../compile-policy.ts';
import { membersByClass } from '../engine.ts';
import { reachOf, residual, wordsAt, wordsOn } from '../gain.ts';
import type { ReadyGrant } from '../ready-grant.ts';

/**
 * Every member who may do something with an object that stands somewhere, or with the workspace itself, from a moment on.
 * What only some calls may do, by conditions, is `sometimes`; what the object's properties decide is decided.
 */
export function whoCan({ parts }: CompiledPolicy, action: Action, object: JudgedObject, at: Date): Capable[] {
  if (object.state !== 'known' && object.state !== 'workspace') return [];
  const anchor = object.state === 'known' ? parts.standing.anchors.of(object.path) : 0;
  const words = object.state === 'known' ? (grant: ReadyGrant) => wordsOn(grant, object, at) : wordsAt(at);
  const bit = bitOf(action);
  const found: Capable[] = [];
  for (const [itsClass, members] of membersByClass(parts)) {
    const residues = residual(itsClass.applicable(anchor), words);
    const calls = reachOf(residues, bit);
    if (calls === 'never') continue;
    const because = (residues.role & bit) === 0 ? 'grant' : 'role';
    const allowing = residues.allows.filter(({ grant }) => (grant.mask & bit) !== 0);
    const grants = allowing.map(({ grant }) => grant.grant.id);
    for (const principal of members) found.push({ principal, calls, because, grants });
  }
  return found;
}
