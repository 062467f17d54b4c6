import type { Action } from '../../domain/action.ts';
import type { Ancestry } from '../../domain/ancestry.ts';
import type { Asker, JudgedObject } from '../../domain/policy-snapshot.ts';
import { type ActionMask, bitOf } from '../action-bits.ts';
import type { CompiledPolicy } from '../compile-policy.ts';
import { classOf, type EngineParts } from '../engine.ts';
import { type Reach, reachOf, residual, wordsAt } from '../gain.ts';
import type { SubjectClass } from '../subject-class.ts';
import type { PageTree } from './page-tree.ts';

const unknown: JudgedObject = { state: 'unknown' };

/** A policy laid over the tree of its workspace: the same evaluator, asked by place instead of by path. */
export class PlacedPolicy {
  readonly snapshot: CompiledPolicy;
  readonly tree: PageTree;
  readonly parts: EngineParts;
  /** By anchor of the tree, which knows more carriers than this policy has: the policy's own anchor, + 1. */
  #own = new Int32Array(1024);

  constructor(snapshot: CompiledPolicy, tree: PageTree) {
    this.snapshot = snapshot;
    this.tree = tree;
    this.parts = snapshot.parts;
    tree.carry(scopesOf(snapshot));
  }

  /** Whether the asker may do something with a page, database or data source. What the tree does not have is unknown. */
  may(asker: Asker, action: Action, id: string): boolean {
    const anchor = this.tree.anchorOf(id);
    const itsClass = classOf(this.parts, asker.principal);
    if (itsClass === null) return false;
    const bit = bitOf(action);
    if (anchor === -1 || asker.limit !== null) return this.#byPath(asker, action, id);
    const { always, conditional } = itsClass.masksAt(this.own(anchor));
    return (conditional & bit) !== 0 ? this.#byPath(asker, action, id) : (always & bit) !== 0;
  }

  #byPath(asker: Asker, action: Action, id: string): boolean {
    return this.snapshot.may(asker, action, this.objectOf(this.tree.find(id)));
  }

  /** The policy's own anchor for one of the tree. */
  own(anchor: number): number {
    if (anchor >= this.#own.length) this.#own = longer(this.#own, this.tree.anchors.size);
    const known = this.#own[anchor] ?? 0;
    if (known !== 0) return known - 1;
    const { anchors } = this.tree;
    const carrier = anchors.carrierAt(anchor);
    const above = carrier === null ? 0 : this.own(anchors.parentOf(anchor));
    const mine = this.parts.standing.anchors;
    const found =
      carrier === null ? 0 : anchors.isAlone(anchor) ? mine.alone(above, carrier) : mine.below(above, carrier);
    this.#own[anchor] = found + 1;
    return found;
  }

  /** Which calls of a class are allowed at an anchor of the tree, from a moment on. */
  reach(itsClass: SubjectClass, anchor: number, bit: ActionMask, at: Date): Reach {
    const own = this.own(anchor);
    const { always, conditional } = itsClass.masksAt(own);
    if ((conditional & bit) === 0) return (always & bit) === 0 ? 'never' : 'always';
    return reachOf(residual(itsClass.applicable(own), wordsAt(at)), bit);
  }

  objectOf(ordinal: number): Extract<Ancestry, { state: 'known' }> | { readonly state: 'unknown' } | JudgedObject {
    const path = ordinal <= 0 ? null : this.tree.pathOf(ordinal);
    return path === null ? unknown : { state: 'known', path };
  }
}

function* scopesOf({ source }: CompiledPolicy) {
  for (const { scopes } of source.grants) yield* scopes;
}

function longer(array: Int32Array, size: number): Int32Array<ArrayBuffer> {
  const more = new Int32Array(Math.max(size, 2 * array.length));
  more.set(array);
  return more;
}
