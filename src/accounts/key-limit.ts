import { type Action, actions, isAction } from '../domain/action.ts';
import type { KeyLimit } from '../domain/grant.ts';
import type { Caller } from '../domain/principal.ts';
import type { ApiKey } from './account-store.ts';
import { requireStillHeld, type Standing } from './author.ts';

/** The limits of a new key, as its maker asks for them. A missing limit means: no limit beyond the maker's rights. */
export interface KeyLimitRequest {
  readonly actions?: readonly Action[] | undefined;
  /** The actions that the role has when the key is made. */
  readonly role?: string | undefined;
  /** Pages and databases, canonical ids: content lies under one of them. */
  readonly under?: readonly string[] | undefined;
}

/** A role or a list of actions alone is a limit too. */
export type KeyLimitShort = KeyLimitRequest | string | readonly Action[];

export function limitRequested(limitTo: KeyLimitShort | undefined): KeyLimitRequest {
  if (typeof limitTo === 'string') return { role: limitTo };
  return isList(limitTo) ? { actions: limitTo } : (limitTo ?? {});
}

function isList(limitTo: KeyLimitRequest | readonly Action[] | undefined): limitTo is readonly Action[] {
  return Array.isArray(limitTo);
}

/** The limit of a stored key. Null: it has none. */
export function limitOf({ ceiling, under }: Pick<ApiKey, 'ceiling' | 'under'>): KeyLimit | null {
  return ceiling === null && under === null ? null : { actions: ceiling && new Set(ceiling.filter(isAction)), under };
}

/**
 * A new key never has more rights than its maker (rule 11). A key without a limit of actions grows with its principal's
 * role and can use the principal's own affairs. So only a maker with all actions and without a limit may make one.
 */
export function limitFor(
  author: Pick<Caller, 'ceiling' | 'under'>,
  { held, ofRole }: Standing,
  limitTo: KeyLimitRequest,
): { readonly ceiling: readonly Action[] | null; readonly under: readonly string[] | null } {
  const under = limitTo.under ?? author.under;
  const asked = limitTo.role === undefined ? limitTo.actions : ofRole(limitTo.role);
  if (asked !== undefined) {
    requireStillHeld(held, asked);
    const named = new Set(asked);
    return { ceiling: actions.filter(action => named.has(action)), under };
  }
  const holdsAll = author.ceiling === null && author.under === null && actions.every(action => held.has(action));
  return { ceiling: holdsAll ? null : actions.filter(action => held.has(action)), under };
}
