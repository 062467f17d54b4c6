/** Numbers in one cell: the 128 bits of an id; its ordinal + 1, or 0 where the cell is free; and the number beside the id. */
const width = 6;
const ordinalIn = 4;
const besideIn = 5;

/**
 * Numbers for Notion ids, and beside each id one more that its user keeps there: cells of a typed array, found by open
 * addressing, so that what is asked of an id among millions stands at one place in memory. Numbers are dense; one that was
 * removed is given out again. Ids are canonical UUIDs, dashed and lower case; nothing else is ever found.
 */
export class UuidTable {
  /** Linear probing, at most four fifths full. */
  #cells: Int32Array;
  /** How many cells. */
  #count: number;
  /** By ordinal. */
  #cellOf: Int32Array;
  #used = 0;
  readonly #free: number[] = [];

  constructor(capacity: number) {
    this.#count = Math.ceil((capacity * 5) / 4 + 4);
    this.#cells = new Int32Array(width * this.#count);
    this.#cellOf = new Int32Array(capacity);
  }

  /** How many ids are here. */
  get size(): number {
    return this.#used - this.#free.length;
  }

  get bytes(): number {
    return this.#cells.byteLength + this.#cellOf.byteLength;
  }

  /** -1 for a text that is no id, or an id that is not here. */
  find(id: string): number {
    return parse(id) ? this.#ordinalAt(this.#probe()) : -1;
  }

  /** What is beside an id; -1 for one that is not here. */
  besideId(id: string): number {
    if (!parse(id)) return -1;
    const cell = width * this.#probe();
    return this.#cells[cell + ordinalIn] === 0 ? -1 : (this.#cells[cell + besideIn] ?? -1);
  }

  /** The same by number; -1 also for one that was removed. */
  beside(ordinal: number): number {
    const cell = this.#cellOf[ordinal] ?? -1;
    return cell === -1 ? -1 : (this.#cells[width * cell + besideIn] ?? -1);
  }

  setBeside(ordinal: number, value: number): void {
    const cell = this.#cellOf[ordinal] ?? -1;
    if (cell !== -1) this.#cells[width * cell + besideIn] = value;
  }

  /** The number of an id, a new one if need be, with -1 beside it; -1 for what is no id. */
  add(id: string): number {
    if (!parse(id)) return -1;
    const known = this.#ordinalAt(this.#probe());
    if (known !== -1) return known;
    const ordinal = this.#free.pop() ?? this.#used++;
    if (this.#used * 5 > this.#count * 4) this.#rehash();
    if (ordinal >= this.#cellOf.length) {
      const longer = new Int32Array(aQuarterMore(this.#cellOf.length));
      longer.set(this.#cellOf);
      this.#cellOf = longer;
    }
    this.#put(ordinal, -1);
    return ordinal;
  }

  remove(ordinal: number): void {
    const cells = this.#cells;
    const count = this.#count;
    let hole = this.#cellOf[ordinal] ?? 0;
    // An id that a collision pushed past the hole moves back into it.
    for (let at = (hole + 1) % count; this.#ordinalAt(at) !== -1; at = (at + 1) % count) {
      this.#load(at);
      const home = homeAmong(count);
      const stays = hole < at ? home > hole && home <= at : home > hole || home <= at;
      if (stays) continue;
      cells.copyWithin(width * hole, width * at, width * (at + 1));
      this.#cellOf[this.#ordinalAt(at)] = hole;
      hole = at;
    }
    cells.fill(0, width * hole, width * (hole + 1));
    this.#cellOf[ordinal] = -1;
    this.#free.push(ordinal);
  }

  idOf(ordinal: number): string {
    this.#load(this.#cellOf[ordinal] ?? 0);
    const hex = Array.from(parsed, word => (word >>> 0).toString(16).padStart(8, '0')).join('');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }

  /** Makes the id of a cell the one that was parsed last. */
  #load(cell: number): void {
    for (let i = 0; i < 4; i++) parsed[i] = this.#cells[width * cell + i] ?? 0;
  }

  #ordinalAt(cell: number): number {
    return (this.#cells[width * cell + ordinalIn] ?? 0) - 1;
  }

  /** Puts the id that was parsed last into its cell. */
  #put(ordinal: number, beside: number): void {
    const cell = this.#probe();
    this.#cells.set(parsed, width * cell);
    this.#cells[width * cell + ordinalIn] = ordinal + 1;
    this.#cells[width * cell + besideIn] = beside;
    this.#cellOf[ordinal] = cell;
  }

  /** The cell of the id that was parsed last: its own, or the free one where it would stand. */
  #probe(): number {
    const cells = this.#cells;
    const count = this.#count;
    for (let cell = homeAmong(count); ; cell = cell + 1 === count ? 0 : cell + 1) {
      const at = width * cell;
      if (cells[at + ordinalIn] === 0 || isAt(cells, at)) return cell;
    }
  }

  #rehash(): void {
    const old = this.#cells;
    const wanted = parsed.slice();
    this.#count = aQuarterMore(this.#count);
    this.#cells = new Int32Array(width * this.#count);
    for (let at = 0; at < old.length; at += width) {
      const ordinal = (old[at + ordinalIn] ?? 0) - 1;
      if (ordinal === -1) continue;
      parsed.set(old.subarray(at, at + ordinalIn));
      this.#put(ordinal, old[at + besideIn] ?? -1);
    }
    parsed.set(wanted);
  }
}

/** So that a large table does not hold much more than it needs. */
function aQuarterMore(length: number): number {
  return Math.ceil(length * 1.25 + 16);
}

/** The id that was parsed last, in four words. */
const parsed = new Int32Array(4);

function isAt(cells: Int32Array, at: number): boolean {
  return (
    cells[at] === parsed[0] && cells[at + 1] === parsed[1] && cells[at + 2] === parsed[2] && cells[at + 3] === parsed[3]
  );
}

/** Where the id that was parsed last belongs, among so many cells. */
function homeAmong(count: number): number {
  let hash = (parsed[0] ?? 0) ^ Math.imul(parsed[1] ?? 0, 0x9e3779b1);
  hash = Math.imul(hash ^ (parsed[2] ?? 0) ^ (hash >>> 15), 0x85ebca6b);
  hash = Math.imul(hash ^ (parsed[3] ?? 0) ^ (hash >>> 13), 0xc2b2ae35);
  return Math.floor(((hash ^ (hash >>> 16)) >>> 0) * (count / 2 ** 32));
}

/** The value of a hexadecimal digit by its code; 16 or more for every other character. */
const digits = new Uint8Array(256).fill(255);
for (let value = 0; value < 16; value++) digits[value.toString(16).charCodeAt(0)] = value;

/** Reads a dashed UUID into `parsed`. False: it is none. */
function parse(id: string): boolean {
  if (id.length !== 36) return false;
  bad = 0;
  parsed[0] = digitsAt(id, 0, 8, 0);
  parsed[1] = digitsAt(id, 14, 18, digitsAt(id, 9, 13, 0));
  parsed[2] = digitsAt(id, 24, 28, digitsAt(id, 19, 23, 0));
  parsed[3] = digitsAt(id, 28, 36, 0);
  const dash = 45;
  return (
    bad < 16 &&
    id.charCodeAt(8) === dash &&
    id.charCodeAt(13) === dash &&
    id.charCodeAt(18) === dash &&
    id.charCodeAt(23) === dash
  );
}

/** Everything that was read since it was cleared; 16 and more if any of that was no digit. */
let bad = 0;

/** Appends the digits of a part of a text to a value. */
function digitsAt(text: string, from: number, to: number, before: number): number {
  let value = before;
  let seen = 0;
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i);
    const digit = digits[code] ?? 255;
    seen |= digit;
    value = (value << 4) | digit;
  }
  bad |= seen;
  return value;
}
