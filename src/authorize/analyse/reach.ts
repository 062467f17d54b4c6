import type { Action } from '../../domain/action.ts';
import type { PrincipalId } from '../../domain/ids.ts';
import { bitOf } from '../action-bits.ts';
import { classOf } from '../engine.ts';
import type { Reach } from '../gain.ts';
import type { PlacedPolicy } from '../tree/placed-policy.ts';

export interface ReachQuestion {
  readonly principal: PrincipalId;
  readonly action: Action;
  readonly at: Date;
  /** Within the subtree of this container. Left out: in the whole workspace. */
  readonly under?: string;
  /** Only counts, no list. */
  readonly countOnly?: boolean;
  /** The last id of the list before. */
  readonly cursor?: string;
  /** Ids in one list, at most. */
  readonly limit?: number;
}

/** Containers that a principal reaches. */
export interface ReachedPages {
  /** In every call. */
  readonly always: number;
  /** In some calls, by conditions. */
  readonly sometimes: number;
  readonly ids: readonly string[];
  /** Null: the list is at its end. */
  readonly cursor: string | null;
}

/** Null: there is no such member, or the tree does not have the place of `under` or `cursor`. */
export function reach(placed: PlacedPolicy, question: ReachQuestion): ReachedPages | null {
  const { tree } = placed;
  const { principal, action, at, under, cursor, countOnly = false, limit = 100 } = question;
  const itsClass = classOf(placed.parts, principal);
  const root = under === undefined ? 0 : tree.find(under);
  const last = cursor === undefined ? null : tree.find(cursor);
  if (itsClass === null || root === -1 || last === -1 || tree.anchorAt(root) === -1) return null;
  tree.settle();
  const bit = bitOf(action);
  const byAnchor: (Reach | undefined)[] = [];
  const reachOf = (anchor: number): Reach => {
    byAnchor[anchor] ??= placed.reach(itsClass, anchor, bit, at);
    return byAnchor[anchor] ?? 'never';
  };
  const counts = root === 0 ? countAll(placed, reachOf) : countBelow(placed, root, reachOf);
  const ids: string[] = [];
  let next: string | null = null;
  if (!countOnly) {
    for (let ordinal = last === null ? root : tree.following(last, root); ordinal !== -1; ) {
      if (ordinal > 0 && reachOf(tree.anchorAt(ordinal)) !== 'never') {
        if (ids.length === limit) {
          next = ids.at(-1) ?? null;
          break;
        }
        ids.push(tree.idOf(ordinal));
      }
      ordinal = tree.following(ordinal, root);
    }
  }
  return { ...counts, ids, cursor: next };
}

interface Counts {
  always: number;
  sometimes: number;
}

function countAll({ tree }: PlacedPolicy, reachOf: (anchor: number) => Reach): Counts {
  const counts = { always: 0, sometimes: 0 };
  for (let anchor = 0; anchor < tree.anchors.size; anchor++) {
    const pages = tree.pagesAt(anchor);
    const found = pages === 0 ? 'never' : reachOf(anchor);
    if (found !== 'never') counts[found] += pages;
  }
  return counts;
}

function countBelow({ tree }: PlacedPolicy, root: number, reachOf: (anchor: number) => Reach): Counts {
  const counts = { always: 0, sometimes: 0 };
  for (let ordinal = root; ordinal !== -1; ordinal = tree.following(ordinal, root)) {
    const found = reachOf(tree.anchorAt(ordinal));
    if (found !== 'never') counts[found]++;
  }
  return counts;
}
