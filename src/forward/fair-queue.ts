/** The line of an item: that of one member of a group. */
export interface QueueLine {
  readonly group: string;
  readonly member: string;
}

/**
 * Items wait in lines. The groups take turns, and within a group its members: so a member with many waiting items
 * delays no other. Within a line, first come, first served.
 */
export interface FairQueue<T> {
  readonly size: number;
  /**
   * Puts an item at the end of its line. Returns a function that takes the item out again. Null: the queue is full. If
   * a group with few waiting items needs room, the group with the most gives up its last item.
   */
  add(place: QueueLine, item: T): (() => void) | null;
  /** Takes out the first item that is ready, from the line whose turn it is; null if there is none. */
  next(ready?: (item: T) => boolean): T | null;
  /** Whether an item waits in this line. */
  waitsFor(place: QueueLine): boolean;
  [Symbol.iterator](): Iterator<T>;
}

export interface FairQueueOptions<T> {
  /** Items that may wait at once. */
  readonly sizeMax: number;
  /** Called with each item that had to make room for another group's. */
  readonly onDisplaced: (item: T) => void;
}

type Line<T> = Set<{ readonly item: T }>;

interface Group<T> {
  size: number;
  /** In the order of their turns, like the groups: what has been served goes to the end. */
  readonly lines: Map<string, Line<T>>;
}

export function createFairQueue<T>({ sizeMax, onDisplaced }: FairQueueOptions<T>): FairQueue<T> {
  const groups = new Map<string, Group<T>>();
  let size = 0;

  function takeOut({ group, member }: QueueLine, entry: { readonly item: T }): void {
    const members = groups.get(group);
    const line = members?.lines.get(member);
    if (members === undefined || !line?.delete(entry)) return;
    size--;
    members.size--;
    if (line.size === 0) members.lines.delete(member);
    if (members.size === 0) groups.delete(group);
  }

  /** Makes room for one more of this group, if another has at least two more than it. */
  function makeRoom(group: string): boolean {
    const [name, largest] = [...groups].reduce((most, one) => (one[1].size > most[1].size ? one : most));
    if (largest.size <= (groups.get(group)?.size ?? 0) + 1) return false;
    const [member, line] = [...largest.lines].reduce((most, one) => (one[1].size > most[1].size ? one : most));
    const last = [...line].at(-1);
    if (last === undefined) return false;
    takeOut({ group: name, member }, last);
    onDisplaced(last.item);
    return true;
  }

  return {
    get size() {
      return size;
    },
    add(place, item) {
      if (size >= sizeMax && !makeRoom(place.group)) return null;
      const entry = { item };
      const members = groups.get(place.group) ?? { size: 0, lines: new Map<string, Line<T>>() };
      groups.set(place.group, members);
      const line = members.lines.get(place.member) ?? new Set();
      members.lines.set(place.member, line.add(entry));
      members.size++;
      size++;
      return () => takeOut(place, entry);
    },
    next(ready = () => true) {
      for (const [group, { lines }] of groups) {
        for (const [member, line] of lines) {
          const [first] = line;
          if (first === undefined || !ready(first.item)) continue;
          toTheEnd(groups, group);
          toTheEnd(lines, member);
          takeOut({ group, member }, first);
          return first.item;
        }
      }
      return null;
    },
    waitsFor: ({ group, member }) => groups.get(group)?.lines.has(member) ?? false,
    *[Symbol.iterator]() {
      for (const { lines } of groups.values())
        for (const line of lines.values()) for (const { item } of line) yield item;
    },
  };
}

function toTheEnd<T>(turns: Map<string, T>, key: string): void {
  const value = turns.get(key);
  if (value === undefined) return;
  turns.delete(key);
  turns.set(key, value);
}
