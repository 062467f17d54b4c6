import type { CallContext, JudgedObject, Judgement } from '../domain/policy-snapshot.ts';
import type { ActionMask } from './action-bits.ts';
import type { ReadyGrant } from './ready-grant.ts';

/** The grants that bear on one class of principals at one anchor, in order of their ids; conditions are not yet tested. */
export interface Applicable {
  /** What the role allows. */
  readonly role: ActionMask;
  readonly allows: readonly ReadyGrant[];
  /** Every `deny` that covers the anchor, and every `limit` that does not. */
  readonly denies: readonly ReadyGrant[];
}

/** Judges one action by the applicable grants: the only place that decides about a known object. */
export function judgeBy(found: Applicable, bit: ActionMask, context: CallContext, object: JudgedObject): Judgement {
  const denying = found.denies.filter(grant => (grant.mask & bit) !== 0 && matches(grant, context, object, 'no'));
  return denying.length > 0 ? deniedBy(denying) : allowedBy(found, bit, context, object);
}

function allowedBy(found: Applicable, bit: ActionMask, context: CallContext, object: JudgedObject): Judgement {
  const allowing = found.allows.filter(grant => (grant.mask & bit) !== 0 && matches(grant, context, object, 'yes'));
  if ((found.role & bit) !== 0) return judgement('allow', 'role', allowing);
  return allowing.length > 0 ? judgement('allow', 'grant', allowing) : judgement('deny', 'role_lacks_action');
}

export function deniedBy(denying: readonly ReadyGrant[]): Judgement {
  const byDeny = denying.some(({ grant }) => grant.effect === 'deny');
  return judgement('deny', byDeny ? 'denied_by_grant' : 'outside_limit', denying);
}

/**
 * If something is missing, an allow does not match (it needs `yes`), and a deny or a limit does (it needs anything
 * except `no`).
 */
function matches({ conditions }: ReadyGrant, context: CallContext, object: JudgedObject, asks: 'yes' | 'no'): boolean {
  if (conditions === null) return true;
  const result = conditions.test(context, object);
  return asks === 'yes' ? result === 'yes' : result !== 'no';
}

export function judgement(
  effect: Judgement['effect'],
  because: Judgement['because'],
  grants: readonly ReadyGrant[] = [],
): Judgement {
  return { effect, because, grants: grants.map(({ grant }) => grant.id) };
}
