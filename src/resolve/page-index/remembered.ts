import type { WorkspaceId } from '../../domain/ids.ts';
import { Lru } from '../../domain/lru.ts';
import { secondMs } from '../../domain/units.ts';
import type { Above, IndexedObject } from './index-store.ts';

/** What the database said counts for this long: it knows of moves that other instances saw (decision 33). */
const rememberedMs = 5 * secondMs;
const rememberedMax = 50_000;

interface Entry {
  readonly object: IndexedObject | null;
  readonly freshnessMs: number;
  readonly readAtMs: number;
}

/**
 * Objects as one reading found them. If an object is learned or doubted during the reading, its result is not
 * remembered.
 */
interface Reading {
  readonly workspaceId: WorkspaceId;
  readonly startedAtMs: number;
  readonly outdated: Set<string>;
}

/** What this process remembers of the index for a few seconds, by workspace and id. */
export class Remembered {
  readonly #entries = new Lru<Entry>(rememberedMax);
  readonly #readings = new Set<Reading>();
  readonly #monotonicMs: () => number;

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs;
  }

  of(workspaceId: WorkspaceId, id: string): Entry | undefined {
    const entry = this.#entries.peek(`${workspaceId} ${id}`);
    return entry !== undefined && this.#monotonicMs() - entry.readAtMs <= rememberedMs ? entry : undefined;
  }

  /** Reads from the database, and remembers which objects it found and which it did not. */
  async read(
    workspaceId: WorkspaceId,
    ids: readonly string[],
    read: () => Promise<Above>,
  ): Promise<ReadonlyMap<string, Entry>> {
    const reading = { workspaceId, startedAtMs: this.#monotonicMs(), outdated: new Set<string>() };
    this.#readings.add(reading);
    try {
      const { freshnessMs, objects } = await read();
      const common = { freshnessMs, readAtMs: reading.startedAtMs };
      const found = new Map<string, Entry>(ids.map(id => [id, { object: null, ...common }]));
      for (const object of objects) found.set(object.id, { object, ...common });
      for (const { parent } of objects) {
        if (parent !== null && parent !== 'workspace' && !found.has(parent.id))
          found.set(parent.id, { object: null, ...common });
      }
      for (const [id, entry] of found) {
        if (!reading.outdated.has(id)) this.#entries.set(`${workspaceId} ${id}`, entry);
      }
      return found;
    } finally {
      this.#readings.delete(reading);
    }
  }

  forget(workspaceId: WorkspaceId, ids: readonly string[]): void {
    for (const id of ids) this.#entries.delete(`${workspaceId} ${id}`);
    for (const reading of this.#readings) {
      if (reading.workspaceId === workspaceId) for (const id of ids) reading.outdated.add(id);
    }
  }
}
