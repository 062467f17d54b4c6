import type { Effects } from './masks.ts';

/** Numbers in one cell: edge, subject, and the four masks. */
const width = 6;
const cellsMin = 16;
const free = -1;

/**
 * What the grants of one subject on one edge do together, for all of them: cells of a typed array, found by open addressing.
 * A copy costs one move of memory, which is how a changed policy gets a table of its own.
 */
export class EffectsTable {
  #cells: Int32Array;
  #mask: number;
  #used: number;
  /** By edge: a bit for each subject that has or had a cell there; 32 share them. Most edges need no second look. */
  #bits: Int32Array;

  constructor(earlier: EffectsTable | null) {
    this.#cells = earlier === null ? new Int32Array(width * cellsMin).fill(free) : earlier.#cells.slice();
    this.#bits = earlier === null ? new Int32Array(cellsMin) : earlier.#bits.slice();
    this.#used = earlier === null ? 0 : earlier.#used;
    this.#mask = this.#cells.length / width - 1;
  }

  set(edge: number, subject: number, { allows, mayAllow, denies, mayDeny }: Effects): void {
    if (this.#cells[this.#place(edge, subject)] === free && ++this.#used * 2 * width > this.#cells.length) this.#grow();
    this.#cells.set([edge, subject, allows, mayAllow, denies, mayDeny], this.#place(edge, subject));
    if (edge >= this.#bits.length) {
      const longer = new Int32Array(2 * edge);
      longer.set(this.#bits);
      this.#bits = longer;
    }
    this.#bits[edge] = (this.#bits[edge] ?? 0) | bitOfSubject(subject);
  }

  /** False: none of the subjects with these bits has anything on this edge. */
  mayHave(edge: number, bits: number): boolean {
    return ((this.#bits[edge] ?? 0) & bits) !== 0;
  }

  /** Adds what there is for a subject on an edge. */
  addTo(sum: EffectsSum, edge: number, subject: number): void {
    const cells = this.#cells;
    const place = this.#place(edge, subject);
    if (cells[place] === free) return;
    sum.allows |= cells[place + 2] ?? 0;
    sum.mayAllow |= cells[place + 3] ?? 0;
    sum.denies |= cells[place + 4] ?? 0;
    sum.mayDeny |= cells[place + 5] ?? 0;
  }

  /** The cell of an edge and a subject, or the free one where it would stand. */
  #place(edge: number, subject: number): number {
    const cells = this.#cells;
    const mask = this.#mask;
    const hash = Math.imul(edge, 0x9e3779b1) ^ Math.imul(subject, 0x85ebca6b);
    for (let at = (hash ^ (hash >>> 15)) & mask; ; at = (at + 1) & mask) {
      const place = width * at;
      if (cells[place] === free || (cells[place] === edge && cells[place + 1] === subject)) return place;
    }
  }

  #grow(): void {
    const old = this.#cells;
    this.#cells = new Int32Array(2 * old.length).fill(free);
    this.#mask = 2 * this.#mask + 1;
    for (let at = 0; at < old.length; at += width) {
      const cell = old.subarray(at, at + width);
      if (cell[0] !== free) this.#cells.set(cell, this.#place(cell[0] ?? 0, cell[1] ?? 0));
    }
  }
}

/** What is being added up. */
export type EffectsSum = { -readonly [Mask in keyof Effects]: number };

export function bitOfSubject(subject: number): number {
  return 1 << (subject & 31);
}
