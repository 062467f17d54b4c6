import { actions } from '../../domain/action.ts';
import type { GrantId } from '../../domain/ids.ts';
import { bitOf } from '../action-bits.ts';
import { type Applicable, applicable } from '../applicable.ts';
import { membersByClass } from '../engine.ts';
import { isGain, residual, wordsAt } from '../gain.ts';
import type { ReadyGrant } from '../ready-grant.ts';
import { subjectKey } from '../standing-grants.ts';
import type { SubjectClass } from '../subject-class.ts';
import type { PlacedPolicy } from '../tree/placed-policy.ts';
import { anchorsUnder } from './anchors-under.ts';

/** A grant that decides nothing, and why. */
export interface IdleGrant {
  readonly grant: GrantId;
  readonly because: /** It names no action, or a role that allows none. */
    | 'no_actions'
    | 'expired'
    /** No member is meant by it. */
    | 'nobody'
    /** The tree has none of its containers. */
    | 'nowhere'
    /** Without it, the same would be decided for everybody, everywhere and in every call. */
    | 'changes_nothing';
}

/** Finds grants that never decide: for each, whether any decision would be another one without it. Masks are left out. */
export function lint(placed: PlacedPolicy, at: Date): IdleGrant[] {
  const { tree, parts } = placed;
  tree.settle();
  const classes = [...membersByClass(parts).keys()];
  return [...parts.ready.values()].flatMap(grant => {
    if (grant.grant.properties !== null) return [];
    const because = whyIdle(grant, placed, classes, at);
    return because === null ? [] : [{ grant: grant.grant.id, because }];
  });
}

function whyIdle(
  grant: ReadyGrant,
  placed: PlacedPolicy,
  classes: readonly SubjectClass[],
  at: Date,
): IdleGrant['because'] | null {
  if (grant.mask === 0) return 'no_actions';
  if (grant.conditions?.residue(at) === null) return 'expired';
  const subject = subjectKey(grant.grant.subject);
  const its = classes.filter(({ subjects }) => subjects.includes(subject));
  if (its.length === 0) return 'nobody';
  const isThere = grant.grant.scopes.some(scope => scope.kind === 'workspace' || placed.tree.find(scope.id) > 0);
  // A limit to what is nowhere denies everything.
  if (!isThere && grant.grant.effect !== 'limit') return 'nowhere';
  const marks = anchorsUnder(placed.tree, grant.grant.scopes);
  const wanted = grant.grant.effect === 'limit' ? 0 : 1;
  for (let anchor = 0; anchor < marks.length; anchor++) {
    if (marks[anchor] !== wanted || (anchor !== 0 && placed.tree.pagesAt(anchor) === 0)) continue;
    if (its.some(each => decides(grant, each.applicable(placed.own(anchor), false), at))) return null;
  }
  return 'changes_nothing';
}

function decides(grant: ReadyGrant, found: Applicable, at: Date): boolean {
  const others = (grants: readonly ReadyGrant[]) => grants.filter(other => other !== grant);
  const lesser = residual(applicable(found.role, others(found.allows), others(found.denies)), wordsAt(at));
  const whole = residual(found, wordsAt(at));
  const [before, after] = grant.grant.effect === 'allow' ? [lesser, whole] : [whole, lesser];
  return actions.some(action => (grant.mask & bitOf(action)) !== 0 && isGain(before, after, bitOf(action)));
}
