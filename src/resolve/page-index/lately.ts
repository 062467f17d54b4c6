import type { WorkspaceId } from '../../domain/ids.ts';
import { Lru } from '../../domain/lru.ts';
import type { LearnedObject, NotionRef } from '../../domain/page-index.ts';
import { secondMs } from '../../domain/units.ts';
import type { IndexedObject } from './index-store.ts';

/** Shorter than the 5 s during which an instance may assume that nothing has moved (rule 18, decision 33). */
const lateMs = 4 * secondMs;
const keptMax = 20_000;

interface Learned {
  /** Everything that the answer showed of the object. */
  readonly shown: string;
  readonly parent: string;
  readonly at: number;
  /** Settles when it is durable. */
  readonly written: Promise<void>;
}

/** What this instance has lately written into the index. */
export interface Lately {
  /**
   * Passes to `write` what was not written lately in exactly this form, and resolves when all of it is durable. So a
   * page that many callers read is written every few seconds, and not with each answer: each write is a commit that its
   * answer waits for.
   */
  learn(
    workspaceId: WorkspaceId,
    objects: readonly LearnedObject[],
    tested: ReadonlySet<string>,
    write: (unwritten: readonly LearnedObject[]) => Promise<void>,
  ): Promise<void>;
  /**
   * The database differs from what was written: another instance has learned something since. The next answer is
   * written.
   */
  compare(workspaceId: WorkspaceId, stored: IndexedObject): void;
  /** The next answer that shows the object is written in any case. */
  forget(workspaceId: WorkspaceId, object: NotionRef): void;
}

export function createLately(monotonicMs: () => number): Lately {
  const kept = new Lru<Learned>(keptMax);
  const keyOf = (workspaceId: WorkspaceId, { id }: NotionRef) => `${workspaceId} ${id}`;

  return {
    async learn(workspaceId, objects, tested, write) {
      const names = [...tested].join('\0');
      const at = monotonicMs();
      const waiting = new Set<Promise<void>>();
      const unwritten: { key: string; object: LearnedObject; shown: string }[] = [];
      for (const object of objects) {
        const key = keyOf(workspaceId, object);
        const shown = `${JSON.stringify(object)}${names}`;
        const known = kept.get(key);
        if (known?.shown === shown && at - known.at < lateMs) waiting.add(known.written);
        else unwritten.push({ key, object, shown });
      }
      if (unwritten.length > 0) {
        const written = write(unwritten.map(({ object }) => object));
        waiting.add(written);
        for (const { key, object, shown } of unwritten) {
          kept.set(key, { shown, parent: parentKey(object.parent), at, written });
        }
        written.catch(() => {
          for (const { key } of unwritten) if (kept.get(key)?.written === written) kept.delete(key);
        });
      }
      await Promise.all(waiting);
    },
    compare(workspaceId, { kind, id, parent, doubted, missing }) {
      const key = keyOf(workspaceId, { kind, id });
      const known = kept.get(key);
      if (known === undefined) return;
      if (doubted || missing || parent === null || parentKey(parent) !== known.parent) kept.delete(key);
    },
    forget: (workspaceId, object) => kept.delete(keyOf(workspaceId, object)),
  };
}

function parentKey(parent: NotionRef | 'workspace'): string {
  return parent === 'workspace' ? parent : parent.id;
}
