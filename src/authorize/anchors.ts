import type { Container } from '../domain/ancestry.ts';
import type { GrantScope } from '../domain/grant.ts';

/**
 * Where grants stand, as a trie. Rights change only at containers that have a grant: these are *carriers*. All paths
 * with the same carriers in the same order share one *anchor*: a node of this trie. The workspace is the root. A page
 * that is moved gets another anchor, but an anchor never changes its meaning: so anchors may be remembered, and new
 * ones added.
 *
 * A carrier has two edges: one for grants on everything below it, and one for grants on the container alone.
 */
export class Anchors {
  readonly #carriers = new Map<string, number>();
  /** By carrier: bit 1, there is a grant for everything below; bit 2, there is one for the container alone. */
  readonly #uses: number[] = [0];
  readonly #ids: (string | null)[] = [null];
  /** By anchor its parent and its edge. */
  #nodes = new Int32Array(64);
  #size = 1;
  readonly #children: (Map<number, number> | undefined)[] = [undefined];

  constructor() {
    this.#nodes[0] = -1;
  }

  /** How many anchors there are. Their numbers are dense, and 0 is the workspace itself. */
  get size(): number {
    return this.#size;
  }

  get carriers(): number {
    return this.#uses.length;
  }

  /** The edge for a grant of this scope. Makes its container a carrier. */
  edgeOf(scope: GrantScope): number {
    if (scope.kind === 'workspace') return 0;
    const carrier = this.#carrierOf(scope.id);
    const own = scope.kind === 'page_only' ? 1 : 0;
    this.#uses[carrier] = (this.#uses[carrier] ?? 0) | (1 << own);
    return 2 * carrier + own;
  }

  #carrierOf(id: string): number {
    const known = this.#carriers.get(id);
    if (known !== undefined) return known;
    const carrier = this.#uses.length;
    this.#carriers.set(id, carrier);
    this.#uses.push(0);
    this.#ids.push(id);
    return carrier;
  }

  /** The anchor of a path, which is nearest first. */
  of(path: readonly Container[]): number {
    let anchor = 0;
    for (let i = path.length - 1; i >= 0; i--) anchor = this.below(anchor, path[i]?.id ?? '');
    return path.length === 0 ? anchor : this.alone(anchor, path[0]?.id ?? '');
  }

  /** The anchor of everything below a container, from the container's own place. */
  below(anchor: number, id: string): number {
    const carrier = this.#carriers.get(id);
    return carrier === undefined || (this.#use(carrier) & 1) === 0 ? anchor : this.#child(anchor, 2 * carrier);
  }

  /** The anchor of a container itself, from that of everything below it. */
  alone(anchor: number, id: string): number {
    const carrier = this.#carriers.get(id);
    return carrier === undefined || (this.#use(carrier) & 2) === 0 ? anchor : this.#child(anchor, 2 * carrier + 1);
  }

  /**
   * The grants on a container: bit 1, there is one for everything below it; bit 2, there is one for the container
   * alone.
   */
  usesOf(id: string): number {
    const carrier = this.#carriers.get(id);
    return carrier === undefined ? 0 : this.#use(carrier);
  }

  #use(carrier: number): number {
    return this.#uses[carrier] ?? 0;
  }

  #child(anchor: number, edge: number): number {
    const children = this.#children[anchor];
    const known = children?.get(edge);
    if (known !== undefined) return known;
    const child = this.#size++;
    if (children === undefined) this.#children[anchor] = new Map([[edge, child]]);
    else children.set(edge, child);
    if (2 * child >= this.#nodes.length) {
      const longer = new Int32Array(2 * this.#nodes.length);
      longer.set(this.#nodes);
      this.#nodes = longer;
    }
    this.#nodes[2 * child] = anchor;
    this.#nodes[2 * child + 1] = edge;
    this.#children.push(undefined);
    return child;
  }

  /** -1 for the workspace. */
  parentOf(anchor: number): number {
    return this.#nodes[2 * anchor] ?? -1;
  }

  edgeAt(anchor: number): number {
    return this.#nodes[2 * anchor + 1] ?? 0;
  }

  /** Whether the anchor is for a container alone, without the objects below it. */
  isAlone(anchor: number): boolean {
    return (this.edgeAt(anchor) & 1) === 1;
  }

  /** The container that an anchor is named after; null for the workspace. */
  carrierAt(anchor: number): string | null {
    return this.#ids[this.edgeAt(anchor) >> 1] ?? null;
  }

  /** What the anchor of everything below would be: the anchor itself, or the one above what holds for a container alone. */
  throughout(anchor: number): number {
    return this.isAlone(anchor) ? this.parentOf(anchor) : anchor;
  }
}
