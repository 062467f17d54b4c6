/** A map of bounded size: the entry that was not asked for the longest makes room for a new one. */
export class Lru<V> {
  // A Map keeps the order of insertion, so the first key is the one that was not touched the longest.
  readonly #entries = new Map<string, V>();
  readonly #sizeMax: number;
  readonly #onLeave: (value: V) => void;

  /** @param onLeave hears of each entry that is no longer in the map: crowded out, replaced or deleted */
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

  /** Looks without touching: for entries that are worth nothing soon, however often they are asked for. */
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
