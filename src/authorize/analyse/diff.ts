import { type Action, actions } from '../../domain/action.ts';
import type { PrincipalId } from '../../domain/ids.ts';
import { actionsOfMask, bitOf } from '../action-bits.ts';
import { applyChange, type PolicyChange } from '../apply-change.ts';
import type { CompiledPolicy } from '../compile-policy.ts';
import { classOf } from '../engine.ts';
import { isGain, type Residual, residual, wordsAt } from '../gain.ts';
import type { Masks } from '../masks.ts';
import type { ReadyGrant } from '../ready-grant.ts';
import type { SubjectClass } from '../subject-class.ts';
import type { PageTree } from '../tree/page-tree.ts';
import { PlacedPolicy } from '../tree/placed-policy.ts';
import { anchorsUnder } from './anchors-under.ts';

/** What some principals gain or lose by a change. */
export interface AccessChange {
  readonly principals: readonly PrincipalId[];
  readonly action: Action;
  /** Containers on which it changes, for each of them. */
  readonly pages: number;
  /** Whether it changes for the workspace itself, outside of all containers. */
  readonly inWorkspace: boolean;
  /** Anchors of the tree, for `pagesAtAnchors`. */
  readonly anchors: readonly number[];
}

export interface AccessDiff {
  readonly gains: readonly AccessChange[];
  readonly losses: readonly AccessChange[];
}

/**
 * Exactly what a change of policy gives and takes, for whom and where, from a moment on: a gain is a call that is
 * denied before and allowed after, including calls that depend on conditions. If only a part of a tree is affected,
 * only that part is examined.
 */
export function diff(earlier: CompiledPolicy, later: CompiledPolicy, tree: PageTree, at: Date): AccessDiff {
  const before = new PlacedPolicy(earlier, tree);
  const after = new PlacedPolicy(later, tree);
  tree.settle();
  const gains: AccessChange[] = [];
  const losses: AccessChange[] = [];
  for (const { was, is, principals } of pairs(before, after)) {
    const anchors = affected(was, is, tree);
    gains.push(...changes(principals, was, is, before, after, anchors, at));
    losses.push(...changes(principals, is, was, after, before, anchors, at));
  }
  return { gains, losses };
}

/** What one change would give and take. */
export function blastRadius(policy: CompiledPolicy, change: PolicyChange, tree: PageTree, at: Date): AccessDiff {
  return diff(policy, applyChange(policy, change, policy.revision + 1), tree, at);
}

interface Pair {
  readonly was: SubjectClass | null;
  readonly is: SubjectClass | null;
  readonly principals: PrincipalId[];
}

/** Members by their classes before and after, without those for whom nothing changed. */
function pairs(before: PlacedPolicy, after: PlacedPolicy): Pair[] {
  const found = new Map<SubjectClass | null, Map<SubjectClass | null, Pair>>();
  const everyone = new Set([...before.parts.policy.members.keys(), ...after.parts.policy.members.keys()]);
  for (const principal of everyone) {
    const was = classOf(before.parts, principal);
    const is = classOf(after.parts, principal);
    if (was === is) continue;
    const ofWas = found.get(was) ?? new Map<SubjectClass | null, Pair>();
    found.set(was, ofWas);
    const pair = ofWas.get(is) ?? { was, is, principals: [] };
    ofWas.set(is, pair);
    pair.principals.push(principal);
  }
  return [...found.values()].flatMap(byIs => [...byIs.values()]);
}

/** Marks the anchors where anything may be decided otherwise. */
function affected(was: SubjectClass | null, is: SubjectClass | null, tree: PageTree): Uint8Array {
  const changed = [...without(was, is), ...without(is, was)];
  const everywhere = was?.role !== is?.role || changed.some(({ grant }) => grant.effect === 'limit');
  const scopes = everywhere ? [{ kind: 'workspace' } as const] : changed.flatMap(({ grant }) => grant.scopes);
  return anchorsUnder(tree, scopes);
}

/** Grants of one class that another lacks, by their words: compiling makes new values of the same grants. */
function without(some: SubjectClass | null, others: SubjectClass | null): ReadyGrant[] {
  const known = new Map((others?.grants ?? []).map(({ grant, mask }) => [grant, mask]));
  return (some?.grants ?? []).filter(({ grant, mask }) => known.get(grant) !== mask);
}

/** The gains on the way from one to the other. */
function changes(
  principals: readonly PrincipalId[],
  was: SubjectClass | null,
  is: SubjectClass | null,
  before: PlacedPolicy,
  after: PlacedPolicy,
  marked: Uint8Array,
  at: Date,
): AccessChange[] {
  if (is === null) return [];
  const { tree } = after;
  const found = new Map<Action, { pages: number; inWorkspace: boolean; anchors: number[] }>();
  for (let anchor = 0; anchor < marked.length; anchor++) {
    const pages = tree.pagesAt(anchor);
    if (marked[anchor] === 0 || (pages === 0 && anchor !== 0)) continue;
    for (const action of gained(was, is, before, after, anchor, at)) {
      const change = found.get(action) ?? { pages: 0, inWorkspace: false, anchors: [] };
      found.set(action, change);
      change.pages += pages;
      change.anchors.push(anchor);
      if (anchor === 0) change.inWorkspace = true;
    }
  }
  return [...found].map(([action, change]) => ({ principals, action, ...change }));
}

/** The actions that some call may do afterwards at an anchor and not before. */
function gained(
  was: SubjectClass | null,
  is: SubjectClass,
  before: PlacedPolicy,
  after: PlacedPolicy,
  anchor: number,
  at: Date,
): readonly Action[] {
  const [from, to] = [before.own(anchor), after.own(anchor)];
  const [lacking, having] = [was?.masksAt(from) ?? noMasks, is.masksAt(to)];
  const open = lacking.conditional | having.conditional;
  const plain = having.always & ~lacking.always & ~open;
  if (open === 0) return actionsOfMask(plain);
  const earlier = was === null ? nothing : residual(was.applicable(from), wordsAt(at));
  const later = residual(is.applicable(to), wordsAt(at));
  return actions.filter(action => {
    const bit = bitOf(action);
    return (open & bit) === 0 ? (plain & bit) !== 0 : isGain(earlier, later, bit);
  });
}

const noMasks: Masks = { always: 0, conditional: 0 };
const nothing: Residual = { role: 0, allows: [], denies: [] };

/** Ids of containers at some anchors, in the order of the tree: at most `limit`, after `cursor`. */
export function pagesAtAnchors(tree: PageTree, anchors: readonly number[], limit: number, cursor?: string): string[] {
  const wanted = new Uint8Array(tree.anchors.size);
  for (const anchor of anchors) wanted[anchor] = 1;
  const ids: string[] = [];
  const start = cursor === undefined ? 0 : tree.find(cursor);
  for (let at = tree.following(start, 0); at > 0 && ids.length < limit; at = tree.following(at, 0)) {
    if (wanted[tree.anchorAt(at)] === 1) ids.push(tree.idOf(at));
  }
  return ids;
}
