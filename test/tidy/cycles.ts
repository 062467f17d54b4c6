import type { SourceFile } from './source.ts';

/** The first circle of imports that is found, as the paths along it; null when there is none. */
export function findCycle(files: readonly SourceFile[]): string[] | null {
  const imports = new Map(files.map(file => [file.path, file.imports]));
  const finished = new Set<string>();
  const visit = (path: string, trail: readonly string[]): string[] | null => {
    const seenAt = trail.indexOf(path);
    if (seenAt !== -1) return [...trail.slice(seenAt), path];
    if (finished.has(path)) return null;
    for (const next of imports.get(path) ?? []) {
      const cycle = visit(next, [...trail, path]);
      if (cycle !== null) return cycle;
    }
    finished.add(path);
    return null;
  };
  for (const { path } of files) {
    const cycle = visit(path, []);
    if (cycle !== null) return cycle;
  }
  return null;
}

/** The longest chain of rooms (`src/store`) in which each imports from the next. A room that is met again ends its chain. */
export function longestChain(files: readonly SourceFile[]): string[] {
  const roomOf = (path: string) => path.split('/')[1] ?? path;
  const rooms = new Map<string, Set<string>>();
  for (const { path, imports } of files) {
    const room = rooms.get(roomOf(path)) ?? new Set();
    for (const target of imports) if (roomOf(target) !== roomOf(path)) room.add(roomOf(target));
    rooms.set(roomOf(path), room);
  }
  const known = new Map<string, string[]>();
  const from = (room: string, trail: readonly string[]): string[] => {
    const found = known.get(room);
    if (found !== undefined) return found;
    const nexts = [...(rooms.get(room) ?? [])].filter(next => !trail.includes(next));
    const chains = nexts.map(next => from(next, [...trail, room]));
    const chain = [room, ...(chains.toSorted((a, b) => b.length - a.length)[0] ?? [])];
    known.set(room, chain);
    return chain;
  };
  return [...rooms.keys()].map(room => from(room, [])).toSorted((a, b) => b.length - a.length)[0] ?? [];
}
