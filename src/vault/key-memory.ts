import { Lru } from '../domain/lru.ts';
import type { SealingKey } from './sealed-value.ts';

/** A key that was opened, and the stored value that it was opened from. Times are of a monotonic clock. */
export interface OpenedKey {
  readonly key: SealingKey;
  readonly from: string;
  readonly openedMs: number;
  /** When it was last seen to be stored still. */
  askedMs: number;
}

/**
 * The keys that are open in this process. The bytes of a key that leaves are overwritten as soon as no work uses them.
 */
export interface KeyMemory {
  get(name: string): OpenedKey | undefined;
  /** Replaces the key with this name, if there is one. */
  set(name: string, opened: OpenedKey): void;
  delete(name: string): void;
  /** Works with a key of this memory. Null: it has left, and has been overwritten. */
  lend<T>(opened: OpenedKey, work: (key: SealingKey) => Promise<T>): Promise<{ readonly done: T } | null>;
}

/** @param keepMs how long a key stays, whether it is asked for or not */
export function createKeyMemory({ sizeMax, keepMs }: { sizeMax: number; keepMs: number }): KeyMemory {
  const loans = new Map<OpenedKey, number>();
  const left = new WeakSet<OpenedKey>();
  const timers = new Map<OpenedKey, NodeJS.Timeout>();
  const keys = new Lru<OpenedKey>(sizeMax, opened => {
    clearTimeout(timers.get(opened));
    timers.delete(opened);
    left.add(opened);
    if (!loans.has(opened)) opened.key.bytes.fill(0);
  });

  function giveBack(opened: OpenedKey): void {
    const others = (loans.get(opened) ?? 1) - 1;
    if (others > 0) return void loans.set(opened, others);
    loans.delete(opened);
    if (left.has(opened)) opened.key.bytes.fill(0);
  }

  return {
    get: name => keys.get(name),
    set(name, opened) {
      keys.set(name, opened);
      const forget = () => {
        if (keys.get(name) === opened) keys.delete(name);
      };
      timers.set(opened, setTimeout(forget, keepMs).unref());
    },
    delete: name => keys.delete(name),
    async lend(opened, work) {
      if (left.has(opened)) return null;
      loans.set(opened, (loans.get(opened) ?? 0) + 1);
      try {
        return { done: await work(opened.key) };
      } finally {
        giveBack(opened);
      }
    },
  };
}
