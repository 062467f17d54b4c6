import { type Action, actions, isAction } from '../domain/action.ts';
import type { KeyLimit } from '../domain/grant.ts';
import type { Caller } from '../domain/principal.ts';
import type { ApiKey } from './account-store.ts';
import { requireStillHeld, type Standing } from './author.ts';

/** What a key may be used for at most, as its maker asks for it. What is left out is not limited beyond the maker. */
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
 * A key never exceeds its creator when it is made (rule 11). Without a limit of actions it would grow with its principal's
 * role and reach the principal's own affairs: that takes a creator who holds everything and is not limited.
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
