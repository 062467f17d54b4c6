/**
 * Pages and data sources of one workspace in the order of their last edit. Search without a query walks it from the
 * newest, so that a page of results costs what it returns and not what the workspace holds.
 * An entry is stale when its node has moved on to a later number; stale entries are dropped when they outnumber the rest.
 */
export class EditLog {
  #numbers: number[] = [];
  #ids: string[] = [];
  #latest = new Map<string, number>();
  #next = 1;

  /** Makes the node the most recently edited one. */
  touch(id: string): void {
    this.#latest.set(id, this.#next);
    this.#numbers.push(this.#next);
    this.#ids.push(id);
    this.#next += 1;
    if (this.#ids.length > 64 + 2 * this.#latest.size) this.#compact();
  }

  remove(id: string): void {
    this.#latest.delete(id);
  }

  has(id: string): boolean {
    return this.#latest.has(id);
  }

  numberOf(id: string): number {
    return this.#latest.get(id) ?? 0;
  }

  /** `[number, id]`, newest first and older than `before`, or oldest first and newer than `after`. */
  *walk(direction: 'newest' | 'oldest', from?: number): Generator<readonly [number, string]> {
    const step = direction === 'newest' ? -1 : 1;
    for (let index = this.#start(direction, from); index >= 0 && index < this.#ids.length; index += step) {
      const id = this.#ids[index];
      const number = this.#numbers[index];
      if (id !== undefined && number !== undefined && this.#latest.get(id) === number) yield [number, id];
    }
  }

  /** Position of the first entry after `from` in walking order. */
  #start(direction: 'newest' | 'oldest', from: number | undefined): number {
    if (from === undefined) return direction === 'newest' ? this.#ids.length - 1 : 0;
    let low = 0;
    let high = this.#numbers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#numbers[middle] ?? 0) < from) low = middle + 1;
      else high = middle;
    }
    if (direction === 'newest') return low - 1;
    return this.#numbers[low] === from ? low + 1 : low;
  }

  #compact(): void {
    const kept = [...this.walk('oldest')];
    this.#numbers = kept.map(([number]) => number);
    this.#ids = kept.map(([, id]) => id);
  }
}
