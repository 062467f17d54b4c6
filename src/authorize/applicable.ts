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
  /** Allowed whatever the call is like. */
  readonly always: ActionMask;
  /** Decided by conditions, so by each call anew. */
  readonly conditional: ActionMask;
  /** Judgements that no condition has a part in, by number of the action. */
  readonly settled: (Judgement | undefined)[];
}

export function applicable(role: ActionMask, allows: readonly ReadyGrant[], denies: readonly ReadyGrant[]): Applicable {
  const allowed = role | unconditional(allows);
  const denied = unconditional(denies);
  const mayAllow = allowed | conditional(allows);
  const open = ~denied & ((conditional(allows) & ~allowed) | (conditional(denies) & mayAllow));
  return { role, allows, denies, always: allowed & ~denied & ~open, conditional: open, settled: [] };
}

function unconditional(grants: readonly ReadyGrant[]): ActionMask {
  return grants.reduce((mask, grant) => (grant.conditions === null ? mask | grant.mask : mask), 0);
}

function conditional(grants: readonly ReadyGrant[]): ActionMask {
  return grants.reduce((mask, grant) => (grant.conditions === null ? mask : mask | grant.mask), 0);
}

/** Judges one action by what is applicable: the one place where a decision about a known object is made. */
export function judgeBy(found: Applicable, bit: ActionMask, context: CallContext, object: JudgedObject): Judgement {
  const index = 31 - Math.clz32(bit);
  const settled = found.settled[index];
  if (settled !== undefined) return settled;
  const denying = found.denies.filter(grant => (grant.mask & bit) !== 0 && matches(grant, context, object, 'no'));
  const judgement = denying.length > 0 ? deniedBy(denying) : allowedBy(found, bit, context, object);
  if (!dependsOnCall(found.denies, bit) && !dependsOnCall(found.allows, bit)) found.settled[index] = judgement;
  return judgement;
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

/** What is missing makes an allow not match (`yes` is asked for), and a deny or a limit match (anything but `no`). */
function matches({ conditions }: ReadyGrant, context: CallContext, object: JudgedObject, asks: 'yes' | 'no'): boolean {
  if (conditions === null) return true;
  const result = conditions.test(context, object);
  return asks === 'yes' ? result === 'yes' : result !== 'no';
}

function dependsOnCall(grants: readonly ReadyGrant[], bit: ActionMask): boolean {
  return grants.some(({ mask, conditions }) => conditions !== null && (mask & bit) !== 0);
}

export function judgement(
  effect: Judgement['effect'],
  because: Judgement['because'],
  grants: readonly ReadyGrant[] = [],
): Judgement {
  return { effect, because, grants: grants.map(({ grant }) => grant.id) };
}
