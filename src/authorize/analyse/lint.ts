import { actions } from '../../domain/action.ts';
import type { IdleGrant } from '../../domain/policy-advice.ts';
import { bitOf } from '../action-bits.ts';
import type { Applicable } from '../applicable.ts';
import { membersByClass } from '../engine.ts';
import { isGain, residual, wordsAt } from '../gain.ts';
import type { ReadyGrant } from '../ready-grant.ts';
import { subjectKey } from '../standing-grants.ts';
import type { SubjectClass } from '../subject-class.ts';
import type { PlacedPolicy } from '../tree/placed-policy.ts';
import { anchorsUnder } from './anchors-under.ts';

/**
 * Finds grants that never decide: for each, whether any decision would be another one without it. Of masks it says only what
 * follows from their words. Yields after each grant, null where it decides, so that a long list can be gone through in slices.
 */
export function* lint(placed: PlacedPolicy, at: Date): Generator<IdleGrant | null> {
  const { tree, parts } = placed;
  tree.settle();
  const classes = [...membersByClass(parts).keys()];
  for (const grant of parts.ready.values()) {
    const because = whyIdle(grant, placed, classes, at);
    yield because === null ? null : { grant: grant.grant.id, because };
  }
}

function whyIdle(
  grant: ReadyGrant,
  placed: PlacedPolicy,
  classes: readonly SubjectClass[],
  at: Date,
): IdleGrant['because'] | null {
  if (grant.mask === 0) return 'no_actions';
  if (grant.conditions?.residue(at) === null) return 'expired';
  if (neverHolds(grant)) return 'never_holds';
  const subject = subjectKey(grant.grant.subject);
  const its = classes.filter(({ subjects }) => subjects.includes(subject));
  if (its.length === 0) return 'nobody';
  const isThere = grant.grant.scopes.some(scope => scope.kind === 'workspace' || placed.tree.find(scope.id) > 0);
  // A limit to a missing place denies everything.
  if (!isThere && grant.grant.effect !== 'limit') return 'nowhere';
  if (grant.grant.properties !== null) return null;
  const marks = anchorsUnder(placed.tree, grant.grant.scopes);
  const wanted = grant.grant.effect === 'limit' ? 0 : 1;
  for (let anchor = 0; anchor < marks.length; anchor++) {
    if (marks[anchor] !== wanted || (anchor !== 0 && placed.tree.pagesAt(anchor) === 0)) continue;
    if (its.some(each => decides(grant, each.applicable(placed.own(anchor)), at))) return null;
  }
  return 'changes_nothing';
}

/** It begins when it has ended. */
function neverHolds({ grant: { when } }: ReadyGrant): boolean {
  return when?.notBefore !== undefined && when.until !== undefined && when.until <= when.notBefore;
}

function decides(grant: ReadyGrant, found: Applicable, at: Date): boolean {
  const others = (grants: readonly ReadyGrant[]) => grants.filter(other => other !== grant);
  const lesser = residual({ ...found, allows: others(found.allows), denies: others(found.denies) }, wordsAt(at));
  const whole = residual(found, wordsAt(at));
  const [before, after] = grant.grant.effect === 'allow' ? [lesser, whole] : [whole, lesser];
  return actions.some(action => (grant.mask & bitOf(action)) !== 0 && isGain(before, after, bitOf(action)));
}
