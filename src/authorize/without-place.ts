import type { CallContext, JudgedObject, Judgement } from '../domain/policy-snapshot.ts';
import type { ActionMask } from './action-bits.ts';
import { deniedBy, judgement } from './applicable.ts';
import type { ReadyGrant } from './ready-grant.ts';

/**
 * Judges a list as a whole, by what may be done anywhere: it is filtered object by object, and empty at worst (rule 5). Only
 * a `deny` throughout the workspace denies it.
 */
export function judgeFiltered(
  role: ActionMask,
  grants: readonly ReadyGrant[],
  bit: ActionMask,
  context: CallContext,
  object: JudgedObject,
): Judgement {
  const matching = grants.filter(
    ({ mask, conditions }) => (mask & bit) !== 0 && conditions?.test(context, object) !== 'no',
  );
  const denying = matching.filter(({ grant, onPages }) => grant.effect === 'deny' && !onPages);
  if (denying.length > 0) return deniedBy(denying);
  const allowing = matching.filter(({ grant }) => grant.effect === 'allow');
  return allowed(role, bit, allowing) ?? judgement('deny', 'role_lacks_action');
}

/**
 * Judges an object whose place is not known. If a grant depends on the place, and could deny or is the only one to
 * allow, the result is a denial; nothing is guessed. A grant that allows in some places takes nothing away.
 */
export function judgeUnresolved(
  role: ActionMask,
  grants: readonly ReadyGrant[],
  bit: ActionMask,
  context: CallContext,
  object: JudgedObject & { readonly state: 'unknown' | 'stale' },
): Judgement {
  const matching = grants.filter(
    ({ mask, conditions }) => (mask & bit) !== 0 && conditions?.test(context, object) !== 'no',
  );
  const denying = matching.filter(({ grant }) => grant.effect !== 'allow');
  const certain = denying.filter(({ grant, onPages }) => grant.effect === 'deny' && !onPages);
  if (certain.length > 0) return deniedBy(certain);
  const open = judgement('deny', object.state === 'stale' ? 'stale_object' : 'unknown_object');
  if (denying.some(({ onPages }) => onPages)) return open;
  const allowing = matching.filter(({ grant }) => grant.effect === 'allow');
  const surely = allowing.filter(
    ({ onPages, conditions }) => !onPages && (conditions === null || conditions.test(context, object) === 'yes'),
  );
  const found = allowed(role, bit, surely);
  if (found !== null) return found;
  return allowing.some(({ onPages }) => onPages) ? open : judgement('deny', 'role_lacks_action');
}

function allowed(role: ActionMask, bit: ActionMask, allowing: readonly ReadyGrant[]): Judgement | null {
  if ((role & bit) !== 0) return judgement('allow', 'role', allowing);
  return allowing.length > 0 ? judgement('allow', 'grant', allowing) : null;
}
