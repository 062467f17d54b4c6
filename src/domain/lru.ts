/** A map of bounded size. If it is full, the least recently used entry makes room for a new one. */
export class Lru<V> {
  // A Map keeps the order of insertion, so the first key is the least recently used one.
  readonly #entries = new Map<string, V>();
  readonly #sizeMax: number;
  readonly #onLeave: (value: V) => void;

  /** @param onLeave called with each entry that leaves the map: evicted, replaced or deleted */
  constructor(sizeMax: number, onLeave: (value: V) => void = () => {}) {
    this.#sizeMax = sizeMax;
    this.#onLeave = onLeave;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): V | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  /** Looks without counting as use: for entries that soon lose their worth, even if they are asked for often. */
  peek(key: string): V | undefined {
    return this.#entries.get(key);
  }

  set(key: string, value: V): void {
    this.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#sizeMax) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.delete(oldest);
  }

  delete(key: string): void {
    const value = this.#entries.get(key);
    this.#entries.delete(key);
    if (value !== undefined) this.#onLeave(value);
  }
}
