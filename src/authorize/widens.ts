import { contentActions } from '../domain/action.ts';
import type { Ancestry } from '../domain/ancestry.ts';
import { type ActionMask, bitOf } from './action-bits.ts';
import { type EngineParts, membersByClass } from './engine.ts';
import { isGain, type Residual, type Residue, residual, wordsOn } from './gain.ts';
import { covers, type ReadyGrant } from './ready-grant.ts';
import type { StandingGrants } from './standing-grants.ts';
import type { SubjectClass } from './subject-class.ts';

type Known = Extract<Ancestry, { state: 'known' }>;

/** Where an object stands before and after a move. */
interface Move {
  readonly before: Known;
  readonly after: Known;
  readonly at: Date;
}

/**
 * Whether a move lets any member do something with content that they may not do now: with the object itself, or with
 * objects below it, which may have further grants. It considers every call that a member could make, and not only calls
 * like this one. An unknown place counts as widening, if anything depends on it.
 */
export function widens(parts: EngineParts, before: Ancestry, after: Ancestry, at: Date): boolean {
  const classes = [...membersByClass(parts).keys()].filter(({ dependsOnPages }) => dependsOnPages);
  if (before.state !== 'known' || after.state !== 'known') return classes.length > 0;
  const { anchors } = parts.standing;
  const [from, to] = [anchors.of(before.path), anchors.of(after.path)];
  const move = { before, after, at };
  const isTouched = touchedBy(parts.standing, from, to);
  return classes.some(
    itsClass =>
      unmasks(itsClass, move) ||
      (isTouched(itsClass) &&
        (widensItself(itsClass, from, to, move) ||
          widensBelow(itsClass, anchors.throughout(from), anchors.throughout(to), move))),
  );
}

/** Only members with a grant on one way to the top and not on the other, or whose rights depend on properties. */
function touchedBy(standing: StandingGrants, from: number, to: number): (itsClass: SubjectClass) => boolean {
  const { anchors } = standing;
  const edges = (anchor: number): Set<number> =>
    anchor === -1 ? new Set() : edges(anchors.parentOf(anchor)).add(anchors.edgeAt(anchor));
  const subjects = new Set(
    [...edges(from).symmetricDifference(edges(to))].flatMap(edge => [...(standing.at(edge)?.keys() ?? [])]),
  );
  return itsClass => dependsOnProperties(itsClass) || itsClass.subjects.some(subject => subjects.has(subject));
}

function widensItself(itsClass: SubjectClass, from: number, to: number, { before, after, at }: Move): boolean {
  const was = residual(itsClass.applicable(from), grant => wordsOn(grant, before, at));
  const is = residual(itsClass.applicable(to), grant => wordsOn(grant, after, at));
  return contentBits.some(bit => isGain(was, is, bit));
}

function widensBelow(itsClass: SubjectClass, from: number, to: number, { before, after, at }: Move): boolean {
  const was = residual(itsClass.applicable(from), grant => wordsBelow(grant, before, at));
  const is = residual(itsClass.applicable(to), grant => wordsBelow(grant, after, at));
  // Grants below may test properties that are inherited from above.
  const turned = itsClass.grants.filter(grant => wordsBelow(grant, before, at) !== wordsBelow(grant, after, at));
  return contentBits.some(bit => gainsBelow(itsClass, was, is, turned, bit));
}

const contentBits = contentActions.map(bitOf);

function dependsOnProperties({ grants }: SubjectClass): boolean {
  return grants.some(({ conditions }) => conditions?.onProperties);
}

/**
 * The parts of a grant below the object that the object and calls decide. Objects below may have properties of their
 * own, so the grant counts for every value of the object's; only a change of them matters, because they may be
 * inherited.
 */
function wordsBelow({ conditions }: ReadyGrant, object: Known, at: Date): string | null {
  const residue = conditions === null ? '' : conditions.residue(at);
  return residue === null || !conditions?.onProperties ? residue : `${residue} ${conditions.testEach(object)}`;
}

/**
 * Whether a member may gain something below the object, where grants may allow more, and where the scopes of limits may
 * begin. Of the grants that deny the object afterwards, only a `deny` for everything below it certainly holds there.
 */
function gainsBelow(
  { role, grants }: SubjectClass,
  was: Residual,
  is: Residual,
  turned: readonly ReadyGrant[],
  bit: ActionMask,
): boolean {
  const mayTurn = (allows: boolean) => turned.some(grant => isAllow(grant) === allows && (grant.mask & bit) !== 0);
  const has = ({ grant }: Residue) => (grant.mask & bit) !== 0;
  const isSure = (residue: Residue) => residue.words === '' && residue.grant.grant.effect === 'deny';
  if (is.denies.some(residue => has(residue) && isSure(residue))) return false;
  const allowedSomewhere = (role & bit) !== 0 || grants.some(grant => isAllow(grant) && (grant.mask & bit) !== 0);
  if (allowedSomewhere && (mayTurn(false) || without(was.denies, is.denies).some(has))) return true;
  const allowedBefore = (role & bit) !== 0 || was.allows.some(residue => has(residue) && residue.words === '');
  return !allowedBefore && (mayTurn(true) || without(is.allows, was.allows).some(has));
}

function isAllow({ grant }: ReadyGrant): boolean {
  return grant.effect === 'allow';
}

function without(residues: readonly Residue[], others: readonly Residue[]): Residue[] {
  return residues.filter(({ grant, words }) => !others.some(other => other.grant === grant && other.words === words));
}

/** Whether a mask of properties goes, from the object or from something below it. */
function unmasks({ masks }: SubjectClass, { before, after, at }: Move): boolean {
  const isOn = ({ grant }: ReadyGrant, object: Known) => grant.scopes.some(scope => covers(scope, object));
  return masks.some(mask => {
    const words = wordsBelow(mask, before, at);
    if (words === null) return false;
    return words !== wordsBelow(mask, after, at) || (isOn(mask, before) && !isOn(mask, after));
  });
}
