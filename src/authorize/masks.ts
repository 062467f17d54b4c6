import type { ActionMask } from './action-bits.ts';
import type { ReadyGrant } from './ready-grant.ts';

/** What is allowed somewhere, as far as it can be said without a call. */
export interface Masks {
  /** Allowed in every call. */
  readonly always: ActionMask;
  /** Decided by conditions, so by each call anew. */
  readonly conditional: ActionMask;
}

/** What grants allow and deny together, with conditions (`may…`) and without. */
export interface Effects {
  readonly allows: ActionMask;
  readonly mayAllow: ActionMask;
  readonly denies: ActionMask;
  readonly mayDeny: ActionMask;
}

/** Of grants that all bear. A `limit` is left out: whether it denies depends on where else it stands. */
export function effectsOf(grants: readonly ReadyGrant[]): Effects {
  let [allows, mayAllow, denies, mayDeny] = [0, 0, 0, 0];
  for (const { grant, mask, conditions } of grants) {
    if (grant.effect === 'allow' && conditions === null) allows |= mask;
    else if (grant.effect === 'allow') mayAllow |= mask;
    else if (grant.effect === 'deny' && conditions === null) denies |= mask;
    else if (grant.effect === 'deny') mayDeny |= mask;
  }
  return { allows, mayAllow, denies, mayDeny };
}

/** What follows from a role and everything that grants allow and deny. */
export function masksOf(role: ActionMask, { allows, mayAllow, denies, mayDeny }: Effects): Masks {
  const allowed = role | allows;
  const open = ~denies & ((mayAllow & ~allowed) | (mayDeny & (allowed | mayAllow)));
  return { always: allowed & ~denies & ~open, conditional: open };
}
