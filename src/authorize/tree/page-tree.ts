import { type Container, type ContainerKind, containerKinds } from '../../domain/ancestry.ts';
import type { GrantScope } from '../../domain/grant.ts';
import { Anchors } from '../anchors.ts';
import { UuidTable } from './uuid-table.ts';

/** What a tree is built from. Parents may come after their children, or not at all: then the path ends at their id. */
export interface TreeRow {
  readonly kind: ContainerKind;
  readonly id: string;
  /** Null: it stands at the top of the workspace. */
  readonly parentId: string | null;
}

/** The workspace itself, which is the parent of the topmost objects. */
const top = 0;
/** No ordinal. As a parent: the container's place is not known. */
const none = -1;
/** Beside its kind, what a container carries for everything below it, and for itself alone: `Anchors.usesOf`, shifted. */
const carriesBelow = 4;
const carriesAlone = 8;
const topId = '00000000-0000-0000-0000-000000000000';

/**
 * All pages, databases and data sources of a workspace, with the anchor of each, in some 52 bytes a container. A changed
 * place or a new carrier is right at once; the anchors below are brought up to date in slices by `work`, and until then
 * looked up by walking. So nothing in between ever shows an old permission.
 */
export class PageTree {
  readonly anchors = new Anchors();
  /** The anchor beside each id; -1: its place is not known. */
  readonly #ids: UuidTable;
  #parent: Int32Array;
  #firstChild: Int32Array;
  #next: Int32Array;
  #previous: Int32Array;
  #kind: Uint8Array;
  /** How many containers have an anchor, by its number. */
  readonly #pagesAt: number[] = [];
  /** Containers below which anchors may be old, and whether bringing them up to date has begun. */
  readonly #pending = new Map<number, boolean>();
  /** Containers that are removed with everything below them. */
  readonly #doomed = new Set<number>();
  #version = 0;

  constructor(capacity = 1024) {
    const room = capacity + 1;
    this.#ids = new UuidTable(room);
    [this.#parent, this.#firstChild, this.#next, this.#previous] = [1, 2, 3, 4].map(() =>
      new Int32Array(room).fill(none),
    ) as [Int32Array, Int32Array, Int32Array, Int32Array];
    this.#kind = new Uint8Array(room);
    this.#ids.add(topId);
  }

  /** Builds a tree at once. `capacity` saves the copying while it grows. */
  static of(rows: Iterable<TreeRow>, scopes: Iterable<GrantScope> = [], capacity?: number): PageTree {
    const tree = new PageTree(capacity);
    tree.#pending.set(top, false);
    for (const row of rows) tree.put(row);
    tree.carry(scopes);
    tree.settle();
    return tree;
  }

  /** The same in steps, without scopes: yields every so many containers, and answers with the tree at the end. */
  static *growing(rows: Iterable<TreeRow>, capacity?: number, slice = 5_000): Generator<void, PageTree> {
    const tree = new PageTree(capacity);
    tree.#pending.set(top, false);
    const pause = countdown(slice);
    for (const row of rows) {
      tree.put(row);
      if (pause()) yield;
    }
    yield* tree.work(slice);
    return tree;
  }

  get size(): number {
    return this.#ids.size - 1;
  }

  /** Bytes in typed arrays. */
  get bytes(): number {
    const arrays = [this.#parent, this.#firstChild, this.#next, this.#previous, this.#kind];
    return arrays.reduce((sum, { byteLength }) => sum + byteLength, this.#ids.bytes);
  }

  /** False while there is something for `work` to do. */
  get isSettled(): boolean {
    return this.#pending.size === 0 && this.#doomed.size === 0;
  }

  /** Adds a container, or moves a known one. False: it would stand below itself, so its place is not known. */
  put({ kind, id, parentId }: TreeRow): boolean {
    const ordinal = this.#ordinal(id);
    if (ordinal === none) return false;
    this.#revive(ordinal);
    const carried = this.#kindBits(ordinal) & (carriesBelow | carriesAlone);
    this.#kind[ordinal] = containerKinds.indexOf(kind) | carried;
    const parent = parentId === null ? top : this.#placed(parentId);
    const isCircle = parent === none || this.#isBelow(parent, ordinal);
    this.#stand(ordinal, isCircle ? none : parent);
    return !isCircle;
  }

  /** Removes a container with everything below it. From now on, none of it has a place. */
  remove(id: string): void {
    const ordinal = this.find(id);
    if (ordinal <= top) return;
    this.#stand(ordinal, none);
    this.#doomed.add(ordinal);
  }

  /**
   * Makes the containers of grants carriers, now or when they are added. Carriers stay: one without grants changes no
   * decision.
   */
  carry(scopes: Iterable<GrantScope>): void {
    for (const scope of scopes) {
      if (scope.kind === 'workspace') continue;
      this.anchors.edgeOf(scope);
      const ordinal = this.find(scope.id);
      const flag = scope.kind === 'page_only' ? carriesAlone : carriesBelow;
      if (ordinal <= top || (this.#kindBits(ordinal) & flag) !== 0) continue;
      this.#kind[ordinal] = this.#kindBits(ordinal) | flag;
      if (flag === carriesBelow) this.#touch(ordinal);
      else if (!this.#pending.has(ordinal)) this.#anchorAgain(ordinal);
    }
  }

  /** -1: the tree does not have it. */
  find(id: string): number {
    return this.#ids.find(id);
  }

  /** `page` for what the tree does not have. */
  kindOf(id: string): ContainerKind {
    const ordinal = this.find(id);
    return ordinal <= top ? 'page' : this.#kindOf(ordinal);
  }

  idOf(ordinal: number): string {
    return this.#ids.idOf(ordinal);
  }

  /** 0: it stands at the top. -1: its place is not known. */
  parentOf(ordinal: number): number {
    return this.#parent[ordinal] ?? none;
  }

  /** The number of the anchor of a container; -1 if its place is not known. */
  anchorAt(ordinal: number): number {
    if (ordinal <= top) return ordinal;
    return this.#pending.size === 0 ? this.#ids.beside(ordinal) : this.#walk(ordinal);
  }

  /** The same by its id; -1 also where the tree does not have it. */
  anchorOf(id: string): number {
    if (this.#pending.size === 0) return this.#ids.besideId(id);
    const ordinal = this.find(id);
    return ordinal === top ? none : this.anchorAt(ordinal);
  }

  /** How many containers have an anchor. Only of a settled tree. */
  pagesAt(anchor: number): number {
    return this.#pagesAt[anchor] ?? 0;
  }

  /** From the container to the top, nearest first; null if its place is not known. */
  pathOf(ordinal: number): Container[] | null {
    const path: Container[] = [];
    let at = ordinal;
    for (; at > top; at = this.parentOf(at)) path.push({ kind: this.#kindOf(at), id: this.idOf(at) });
    return at === top ? path : null;
  }

  /** The container after this one in the order of the tree, within the subtree of `root`; -1 at its end. */
  following(ordinal: number, root: number): number {
    const child = this.#firstChild[ordinal] ?? none;
    if (child !== none) return child;
    for (let at = ordinal; at !== root && at !== none; at = this.parentOf(at)) {
      const next = this.#next[at] ?? none;
      if (next !== none) return next;
    }
    return none;
  }

  /** Brings anchors up to date, at most `slice` containers before each pause. The caller takes the pauses. */
  *work(slice = 5_000): Generator<void, void> {
    const pause = countdown(slice);
    for (const root of this.#pending.keys()) {
      yield* this.#anchorBelow(root, pause);
      this.#pending.delete(root);
    }
    for (const root of this.#doomed) {
      for (let at: number = root; this.#doomed.has(root); ) {
        at = this.#free(this.#deepest(at));
        if (at === none) this.#doomed.delete(root);
        if (!pause()) continue;
        yield;
        at = root;
      }
    }
  }

  /** All the work at once. */
  settle(): void {
    for (const _ of this.work(Number.POSITIVE_INFINITY));
  }

  *#anchorBelow(root: number, pause: () => boolean): Generator<void, void> {
    let version = this.#version;
    const isNew = this.#anchorAgain(root) || root === top || this.#pending.get(root) === true;
    // Where a container that was moved has the anchor that it had, everything below it has too.
    if (!isNew) return;
    this.#pending.set(root, true);
    for (let at = this.following(root, root); at !== none; at = this.following(at, root)) {
      this.#anchorAgain(at);
      if (!pause()) continue;
      yield;
      if (this.#version === version) continue;
      // The tree was changed meanwhile, so this may no longer be the way through it.
      this.#anchorAgain(root);
      [at, version] = [root, this.#version];
    }
  }

  /** The number of an id, new or not; -1 for a text that is no id. */
  #ordinal(id: string): number {
    const count = this.#ids.size;
    const ordinal = this.#ids.add(id);
    if (ordinal >= this.#parent.length) this.#grow();
    if (this.#ids.size > count && this.anchors.carriers > 1) this.#kind[ordinal] = this.anchors.usesOf(id) << 2;
    return ordinal === top ? none : ordinal;
  }

  /** The number of a parent. A parent that was not added yet stands at the top. */
  #placed(id: string): number {
    const count = this.#ids.size;
    const ordinal = this.#ordinal(id);
    if (this.#ids.size > count || this.#revive(ordinal)) this.#stand(ordinal, top);
    return ordinal;
  }

  /** A container that was removed and not yet freed comes back alone: the ones below it stay removed. */
  #revive(ordinal: number): boolean {
    let at = ordinal;
    while (this.#doomed.size > 0 && at > top && !this.#doomed.has(at)) at = this.parentOf(at);
    if (!this.#doomed.has(at)) return false;
    this.#doomed.delete(ordinal);
    for (let child = this.#firstChild[ordinal] ?? none; child !== none; child = this.#firstChild[ordinal] ?? none) {
      this.#stand(child, none);
      this.#doomed.add(child);
    }
    return true;
  }

  #stand(ordinal: number, parent: number): void {
    if (this.parentOf(ordinal) === parent && this.#ids.beside(ordinal) !== none) return;
    this.#unlink(ordinal);
    if (parent !== none) this.#link(ordinal, parent);
    this.#version++;
    if (this.#pending.has(top)) return;
    if (this.#firstChild[ordinal] === none) this.#anchorAgain(ordinal);
    else this.#touch(ordinal);
  }

  #touch(ordinal: number): void {
    this.#version++;
    if (this.#pending.has(top)) return;
    // It may come out of the middle of a part that is being brought up to date.
    const isBegun = [...this.#pending.values()].includes(true);
    this.#pending.set(ordinal, isBegun);
  }

  #isBelow(ordinal: number, above: number): boolean {
    if (ordinal === above) return true;
    if (this.#firstChild[above] === none) return false;
    for (let at = ordinal; at > top; at = this.parentOf(at)) if (at === above) return true;
    return false;
  }

  /** The anchor as carriers above make it; whether it is another one than before. */
  #anchorAgain(ordinal: number): boolean {
    if (ordinal === top) return false;
    const parent = this.parentOf(ordinal);
    const above = parent <= top ? parent : this.#ids.beside(parent);
    const anchor = above === none ? none : this.#standing(ordinal, this.anchors.throughout(above));
    return this.#setAnchor(ordinal, anchor);
  }

  #standing(ordinal: number, above: number): number {
    const bits = this.#kindBits(ordinal);
    if (bits < carriesBelow) return above;
    const below = (bits & carriesBelow) === 0 ? above : this.anchors.below(above, this.idOf(ordinal));
    return (bits & carriesAlone) === 0 ? below : this.anchors.alone(below, this.idOf(ordinal));
  }

  #walk(ordinal: number): number {
    const carriers: number[] = [];
    let at = ordinal;
    for (; at > top; at = this.parentOf(at)) if (this.#kindBits(at) >= carriesBelow) carriers.push(at);
    if (at === none) return none;
    let anchor = 0;
    for (const carrier of carriers.reverse()) anchor = this.#standing(carrier, this.anchors.throughout(anchor));
    return carriers.at(-1) === ordinal ? anchor : this.anchors.throughout(anchor);
  }

  #setAnchor(ordinal: number, anchor: number): boolean {
    const old = this.#ids.beside(ordinal);
    if (old === anchor) return false;
    if (old !== none) this.#pagesAt[old] = this.pagesAt(old) - 1;
    if (anchor !== none) this.#pagesAt[anchor] = this.pagesAt(anchor) + 1;
    this.#ids.setBeside(ordinal, anchor);
    return true;
  }

  #link(ordinal: number, parent: number): void {
    const first = this.#firstChild[parent] ?? none;
    this.#parent[ordinal] = parent;
    this.#next[ordinal] = first;
    if (first !== none) this.#previous[first] = ordinal;
    this.#firstChild[parent] = ordinal;
  }

  #unlink(ordinal: number): void {
    const [parent, next, previous] = [this.parentOf(ordinal), this.#next[ordinal], this.#previous[ordinal]];
    if (next !== undefined && next !== none) this.#previous[next] = previous ?? none;
    if (previous !== undefined && previous !== none) this.#next[previous] = next ?? none;
    else if (parent !== none) this.#firstChild[parent] = next ?? none;
    this.#parent[ordinal] = this.#next[ordinal] = this.#previous[ordinal] = none;
  }

  #deepest(ordinal: number): number {
    let at = ordinal;
    for (let child = at; child !== none; child = this.#firstChild[at] ?? none) at = child;
    return at;
  }

  /** Frees a container without children; returns its parent. */
  #free(ordinal: number): number {
    const parent = this.parentOf(ordinal);
    this.#unlink(ordinal);
    this.#setAnchor(ordinal, none);
    this.#kind[ordinal] = 0;
    this.#pending.delete(ordinal);
    this.#ids.remove(ordinal);
    this.#version++;
    return parent;
  }

  #kindBits(ordinal: number): number {
    return this.#kind[ordinal] ?? 0;
  }

  #kindOf(ordinal: number): ContainerKind {
    return containerKinds[this.#kindBits(ordinal) & 3] ?? 'page';
  }

  #grow(): void {
    const room = Math.ceil(this.#parent.length * 1.25) + 16;
    this.#parent = grown(this.#parent, room);
    this.#firstChild = grown(this.#firstChild, room);
    this.#next = grown(this.#next, room);
    this.#previous = grown(this.#previous, room);
    const kinds = new Uint8Array(room);
    kinds.set(this.#kind);
    this.#kind = kinds;
  }
}

function grown(array: Int32Array, room: number): Int32Array {
  const more = new Int32Array(room).fill(none);
  more.set(array);
  return more;
}

/** True at each `slice`th call. */
function countdown(slice: number): () => boolean {
  let left = slice;
  return () => {
    if (--left > 0) return false;
    left = slice;
    return true;
  };
}
