import type { Ancestry } from '../domain/ancestry.ts';
import { type ActionMask, contentMask } from './action-bits.ts';
import { type EngineParts, membersByClass } from './engine.ts';
import { isGain, type Residual, type Residue, residual } from './gain.ts';
import { covers, type ReadyGrant } from './ready-grant.ts';
import type { SubjectClass } from './subject-class.ts';

type Known = Extract<Ancestry, { state: 'known' }>;

/** Where an object stands before and after a move. */
interface Move {
  readonly before: Known;
  readonly after: Known;
  readonly at: Date;
}

/**
 * Whether a move lets any member do anything with content that they may not do now: with the object itself, or with what
 * stands below it, where further grants may stand. For every call that they could make, and not only for one like this.
 * What is not known widens, if anything depends on it.
 */
export function widens(parts: EngineParts, before: Ancestry, after: Ancestry, at: Date): boolean {
  const classes = [...membersByClass(parts).keys()].filter(({ dependsOnPages }) => dependsOnPages);
  if (before.state !== 'known' || after.state !== 'known') return classes.length > 0;
  const { anchors } = parts.standing;
  const [from, to] = [anchors.of(before.path), anchors.of(after.path)];
  const move = { before, after, at };
  return classes.some(itsClass => unmasks(itsClass, move) || widensFor(itsClass, from, to, move));
}

function widensFor(itsClass: SubjectClass, from: number, to: number, { before, after, at }: Move): boolean {
  if (from === to && !itsClass.grants.some(({ conditions }) => conditions?.onProperties)) return false;
  const was = residual(itsClass.applicable(from), grant => wordsOn(grant, before, at));
  const is = residual(itsClass.applicable(to), grant => wordsOn(grant, after, at));
  for (let bit = 1; bit <= contentMask; bit <<= 1) {
    if ((contentMask & bit) === 0) continue;
    if (isGain(was, is, bit) || gainsBelow(itsClass, was, is, bit)) return true;
  }
  return false;
}

/** What calls decide about a grant at an object; null: it does not count there. */
function wordsOn({ conditions, grant }: ReadyGrant, object: Known, at: Date): string | null {
  if (conditions === null) return '';
  const result = conditions.testProperties(object);
  const counts = grant.effect === 'allow' ? result === 'yes' : result !== 'no';
  return counts ? conditions.residue(at, { properties: false }) : null;
}

/**
 * Whether somebody may gain something below the object, where grants may stand that allow more, and where the scopes of
 * limits may begin. Of what denies the object afterwards, only a `deny` for everything below it surely holds there.
 */
function gainsBelow({ role, grants }: SubjectClass, was: Residual, is: Residual, bit: ActionMask): boolean {
  const has = ({ grant }: Residue) => (grant.mask & bit) !== 0;
  const surelyDenied = is.denies.some(
    residue =>
      has(residue) &&
      residue.words === '' &&
      residue.grant.grant.effect === 'deny' &&
      residue.grant.grant.scopes.some(scope => scope.kind !== 'page_only'),
  );
  if (surelyDenied) return false;
  const allowedSomewhere = (role & bit) !== 0 || grants.some(grant => isAllow(grant) && (grant.mask & bit) !== 0);
  if (allowedSomewhere && without(was.denies, is.denies).some(has)) return true;
  const allowedBefore = (role & bit) !== 0 || was.allows.some(residue => has(residue) && residue.words === '');
  return !allowedBefore && without(is.allows, was.allows).some(has);
}

function isAllow({ grant }: ReadyGrant): boolean {
  return grant.effect === 'allow';
}

function without(residues: readonly Residue[], others: readonly Residue[]): Residue[] {
  return residues.filter(({ grant, words }) => !others.some(other => other.grant === grant && other.words === words));
}

/** Whether a mask of properties that holds before does not hold after. */
function unmasks({ masks }: SubjectClass, { before, after, at }: Move): boolean {
  const holds = (mask: ReadyGrant, object: Known) =>
    mask.grant.scopes.some(scope => covers(scope, object)) && wordsOn(mask, object, at) !== null;
  return masks.some(mask => holds(mask, before) && !holds(mask, after));
}
