import type { Ancestry } from '../domain/ancestry.ts';
import type { ActionMask } from './action-bits.ts';
import type { Applicable } from './applicable.ts';
import type { ReadyGrant } from './ready-grant.ts';

/**
 * The applicable grants at one place from one moment on, with conditions as words: each call meets some of them.
 * Expired grants are gone; a later start is a condition like any other.
 */
export interface Residual {
  readonly role: ActionMask;
  readonly allows: readonly Residue[];
  readonly denies: readonly Residue[];
}

export interface Residue {
  readonly grant: ReadyGrant;
  /** Empty: the grant holds for every call. */
  readonly words: string;
}

/**
 * @param wordsOf what still depends on the call; null: the grant does not count
 */
export function residual(
  { role, allows, denies }: Applicable,
  wordsOf: (grant: ReadyGrant) => string | null,
): Residual {
  const residues = (grants: readonly ReadyGrant[]) =>
    grants.flatMap(grant => {
      const words = wordsOf(grant);
      return words === null ? [] : [{ grant, words }];
    });
  return { role, allows: residues(allows), denies: residues(denies) };
}

/** The words of a grant at a moment, for every object: they include its tests of properties. */
export function wordsAt(at: Date) {
  return ({ conditions }: ReadyGrant): string | null => (conditions === null ? '' : conditions.residue(at));
}

/** What calls decide about a grant at an object; null: it does not count there. */
export function wordsOn(
  { conditions, grant }: ReadyGrant,
  object: Extract<Ancestry, { state: 'known' }>,
  at: Date,
): string | null {
  if (conditions === null) return '';
  const result = conditions.testProperties(object);
  const counts = grant.effect === 'allow' ? result === 'yes' : result !== 'no';
  return counts ? conditions.residue(at, { properties: false }) : null;
}

/** Which calls are allowed: every one, some, or none. */
export type Reach = 'always' | 'sometimes' | 'never';

export function reachOf({ role, allows, denies }: Residual, bit: ActionMask): Reach {
  const denying = denies.filter(({ grant }) => (grant.mask & bit) !== 0);
  if (denying.some(({ words }) => words === '')) return 'never';
  const allowing = allows.filter(({ grant }) => (grant.mask & bit) !== 0);
  const surely = (role & bit) !== 0 || allowing.some(({ words }) => words === '');
  if (surely) return denying.length === 0 ? 'always' : 'sometimes';
  // A call that meets the words of an allow also meets the same words of a deny.
  const denied = new Set(denying.map(({ words }) => words));
  return allowing.some(({ words }) => !denied.has(words)) ? 'sometimes' : 'never';
}

/**
 * Whether a call exists that is denied before and allowed after. Exact if different words are independent of each
 * other. Words that imply each other (a network inside another) can only make it answer yes too often.
 */
export function isGain(before: Residual, after: Residual, bit: ActionMask): boolean {
  const has = ({ grant }: Residue) => (grant.mask & bit) !== 0;
  const deniesAfter = new Set(after.denies.filter(has).map(({ words }) => words));
  if (deniesAfter.has('')) return false;
  // Calls that no deny meets afterwards: they do not meet its words.
  const allowsAfter = after.allows.filter(has).filter(({ words }) => !deniesAfter.has(words));
  const byRoleAfter = (after.role & bit) !== 0;
  if (!byRoleAfter && allowsAfter.length === 0) return false;
  // Some of those calls was denied by a grant …
  const lost = before.denies.filter(has).filter(({ words }) => !deniesAfter.has(words));
  if (lost.length > 0) return true;
  // … or nothing allowed it.
  if ((before.role & bit) !== 0) return false;
  const allowedBefore = new Set(before.allows.filter(has).map(({ words }) => words));
  if (allowedBefore.has('')) return false;
  return byRoleAfter || allowsAfter.some(({ words }) => words === '' || !allowedBefore.has(words));
}
