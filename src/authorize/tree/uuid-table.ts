/**
 * Numbers for Notion ids: the 128 bits of each id in a typed array, found by open addressing. Numbers are dense; one that
 * was removed is given out again. Ids are canonical UUIDs, dashed and lower case; nothing else is ever found.
 */
export class UuidTable {
  #words: Uint32Array;
  /** Ordinal + 1; 0 is free. Linear probing, at most three quarters full. */
  #slots: Int32Array;
  #used = 0;
  #free: number[] = [];
  #parsed = new Uint32Array(4);

  constructor(capacity: number) {
    this.#words = new Uint32Array(4 * capacity);
    this.#slots = new Int32Array(slotsFor(capacity));
  }

  /** How many ids are here. */
  get size(): number {
    return this.#used - this.#free.length;
  }

  get bytes(): number {
    return this.#words.byteLength + this.#slots.byteLength;
  }

  /** -1 for an id that is not here, or is none. */
  find(id: string): number {
    return parse(id, this.#parsed) ? this.#ordinalIn(this.#probe()) : -1;
  }

  /** The number of an id, a new one if need be; -1 for what is no id. */
  add(id: string): number {
    if (!parse(id, this.#parsed)) return -1;
    const known = this.#ordinalIn(this.#probe());
    if (known !== -1) return known;
    const ordinal = this.#free.pop() ?? this.#used++;
    if (this.#used * 4 > this.#slots.length * 3) this.#rehash();
    if (4 * ordinal >= this.#words.length) this.#words = grown(this.#words);
    this.#words.set(this.#parsed, 4 * ordinal);
    this.#slots[this.#probe()] = ordinal + 1;
    return ordinal;
  }

  remove(ordinal: number): void {
    this.#load(ordinal);
    let hole = this.#probe();
    const mask = this.#slots.length - 1;
    // What was pushed past the hole by a collision moves back into it.
    for (let at = (hole + 1) & mask; this.#slots[at] !== 0; at = (at + 1) & mask) {
      this.#load((this.#slots[at] ?? 1) - 1);
      const home = hashOf(this.#parsed) & mask;
      const stays = hole < at ? home > hole && home <= at : home > hole || home <= at;
      if (stays) continue;
      this.#slots[hole] = this.#slots[at] ?? 0;
      hole = at;
    }
    this.#slots[hole] = 0;
    this.#free.push(ordinal);
  }

  idOf(ordinal: number): string {
    let hex = '';
    for (let i = 0; i < 4; i++) hex += (this.#words[4 * ordinal + i] ?? 0).toString(16).padStart(8, '0');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }

  #load(ordinal: number): void {
    for (let i = 0; i < 4; i++) this.#parsed[i] = this.#words[4 * ordinal + i] ?? 0;
  }

  #ordinalIn(slot: number): number {
    return (this.#slots[slot] ?? 0) - 1;
  }

  /** The slot of the id that was parsed last: its own, or the free one where it would stand. */
  #probe(): number {
    const mask = this.#slots.length - 1;
    const [a, b, c, d] = this.#parsed;
    for (let slot = hashOf(this.#parsed) & mask; ; slot = (slot + 1) & mask) {
      const at = 4 * ((this.#slots[slot] ?? 0) - 1);
      if (at < 0) return slot;
      const words = this.#words;
      if (words[at] === a && words[at + 1] === b && words[at + 2] === c && words[at + 3] === d) return slot;
    }
  }

  #rehash(): void {
    const old = this.#slots;
    const wanted = this.#parsed.slice();
    this.#slots = new Int32Array(2 * old.length);
    for (const slot of old) {
      if (slot === 0) continue;
      this.#load(slot - 1);
      this.#slots[this.#probe()] = slot;
    }
    this.#parsed.set(wanted);
  }
}

function slotsFor(capacity: number): number {
  return 2 ** Math.max(4, Math.ceil(Math.log2((capacity * 4) / 3 + 1)));
}

/** By a quarter, so that a large table does not hold much more than it needs. */
function grown(words: Uint32Array): Uint32Array<ArrayBuffer> {
  const more = new Uint32Array(4 * Math.ceil((words.length / 4) * 1.25 + 16));
  more.set(words);
  return more;
}

function hashOf(words: Uint32Array): number {
  let hash = (words[0] ?? 0) ^ Math.imul(words[1] ?? 0, 0x9e3779b1);
  hash = Math.imul(hash ^ (words[2] ?? 0) ^ (hash >>> 15), 0x85ebca6b);
  hash = Math.imul(hash ^ (words[3] ?? 0) ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** The value of a hexadecimal digit by its code; 16 and more for every other character. */
const digits = new Uint8Array(128).fill(255);
for (let value = 0; value < 16; value++) digits[value.toString(16).charCodeAt(0)] = value;
/** Where the 32 digits of a dashed UUID stand. */
const places = Uint8Array.from({ length: 36 }, (_, i) => i).filter(i => ![8, 13, 18, 23].includes(i));

function parse(id: string, into: Uint32Array): boolean {
  if (id.length !== 36) return false;
  let bad = 0;
  for (let word = 0; word < 4; word++) {
    let value = 0;
    for (let i = 8 * word; i < 8 * word + 8; i++) {
      const code = id.charCodeAt(places[i] ?? 0);
      const digit = code < 128 ? (digits[code] ?? 255) : 255;
      bad |= digit;
      value = (value << 4) | digit;
    }
    into[word] = value;
  }
  const dash = 45;
  return (
    bad < 16 &&
    id.charCodeAt(8) === dash &&
    id.charCodeAt(13) === dash &&
    id.charCodeAt(18) === dash &&
    id.charCodeAt(23) === dash
  );
}
