/**
 * Items wait in one line for each key, and the lines take turns: whoever has many waiting delays nobody else. Within a
 * line, first come, first served.
 */
export interface FairQueue<T> {
  readonly size: number;
  /** Puts an item at the end of the line of its key. Call what it answers with to take the item out again. */
  add(key: string, item: T): () => void;
  /** Takes out the first item that is ready, of the line whose turn it is; null when there is none. */
  next(ready?: (item: T) => boolean): T | null;
  /** Whether somebody waits in this line. */
  waitsFor(key: string): boolean;
  [Symbol.iterator](): Iterator<T>;
}

export function createFairQueue<T>(): FairQueue<T> {
  /** In the order of their turns: a line that has been served goes to the end. */
  const lines = new Map<string, Set<{ readonly item: T }>>();
  let size = 0;

  function takeOut(key: string, place: { readonly item: T }): void {
    const line = lines.get(key);
    if (!line?.delete(place)) return;
    size--;
    if (line.size === 0) lines.delete(key);
  }

  return {
    get size() {
      return size;
    },
    add(key, item) {
      const place = { item };
      const line = lines.get(key);
      if (line === undefined) lines.set(key, new Set([place]));
      else line.add(place);
      size++;
      return () => takeOut(key, place);
    },
    next(ready = () => true) {
      for (const [key, line] of lines) {
        const [first] = line;
        if (first === undefined || !ready(first.item)) continue;
        lines.delete(key);
        lines.set(key, line);
        takeOut(key, first);
        return first.item;
      }
      return null;
    },
    waitsFor: key => lines.has(key),
    *[Symbol.iterator]() {
      for (const line of lines.values()) for (const { item } of line) yield item;
    },
  };
}
