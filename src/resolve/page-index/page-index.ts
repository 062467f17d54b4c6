import { type Ancestry, objectKey } from '../../domain/ancestry.ts';
import type { WorkspaceId } from '../../domain/ids.ts';
import { Lru } from '../../domain/lru.ts';
import type { IndexAsker, LearnedObject, NotionRef, PageIndex } from '../../domain/page-index.ts';
import { secondMs } from '../../domain/units.ts';
import type { IndexStore } from './index-store.ts';
import { createLately } from './lately.ts';
import { createLooks, type Look, type Looked } from './looks.ts';
import { Remembered } from './remembered.ts';
import { type Asked, type Known, type Step, type WayUp, walk } from './walk.ts';

/** Calls to Notion that one question may cost, unless it says otherwise: as many as a tree may be deep. */
const callsMax = 200;
/** If Notion does not show an object, that counts for this long (rule 29): it may be shared at any moment. */
const missMs = 5 * secondMs;
/** The number of remembered looks. */
const looksMax = 50_000;

const noNames: ReadonlySet<string> = new Set();

/** The result of a question: it was answered, the bounds were reached, or Notion did not answer. */
type Asking = 'answered' | 'not_asked' | Exclude<Looked, string>;

/** The index of one instance, over the database that all share. */
export function createPageIndex(parts: { store: IndexStore; look: Look; monotonicMs: () => number }): PageIndex {
  const { store, monotonicMs } = parts;
  const remembered = new Remembered(monotonicMs);
  const lately = createLately(monotonicMs);
  const lookOnce = createLooks(parts.look, monotonicMs);
  const misses = new Lru<number>(looksMax);
  const finds = new Lru<number>(looksMax);
  const isLate = (atMs: number | undefined) => atMs === undefined || monotonicMs() - atMs > missMs;
  const lookKey = ({ workspaceId, connectionId }: IndexAsker, { id }: NotionRef) =>
    `${workspaceId} ${connectionId} ${id}`;

  /**
   * An object that was found a moment ago is known. For hidden objects, it is remembered that the requested object was
   * found at all.
   */
  function noteLook(key: string, looked: 'shown' | 'missing'): void {
    (looked === 'shown' ? finds : misses).set(key, monotonicMs());
  }

  function forget(workspaceId: WorkspaceId, objects: readonly NotionRef[]): void {
    remembered.forget(
      workspaceId,
      objects.map(({ id }) => id),
    );
  }

  return {
    async find(asker, objects, { maxAgeMs, mayAsk = callsMax, tested = noNames, leaf = false } = {}) {
      const { workspaceId, connectionId } = asker;
      const known = new Map<string, Known>();
      const asked = new Map<string, Asked>();
      const asking = new Map<string, Promise<Asking>>();
      let freshnessMs = 0;
      let callsLeft = mayAsk;
      const above = new Map<string, WayUp>();
      const view = {
        asked,
        above,
        of: (id: string) => known.get(id) ?? (maxAgeMs === undefined ? recall(id) : undefined),
        nowMs: monotonicMs(),
      };

      function recall(id: string) {
        const entry = remembered.of(workspaceId, id);
        if (entry !== undefined) {
          known.set(id, entry);
          freshnessMs = entry.freshnessMs;
        }
        return entry;
      }

      async function read(ids: readonly string[]): Promise<void> {
        const found = await remembered.read(workspaceId, ids, () => store.above(workspaceId, ids));
        above.clear();
        for (const [id, entry] of found) {
          known.set(id, entry);
          if (entry.object !== null) lately.compare(workspaceId, entry.object);
          freshnessMs = entry.freshnessMs;
        }
      }

      const needs = {
        get maxAgeMs() {
          return maxAgeMs ?? freshnessMs;
        },
        ...{ tested, leaf, connectionId },
      };
      function step(origin: NotionRef): Step {
        view.nowMs = monotonicMs();
        return walk(origin, view, needs);
      }

      /** Goes up from an object and asks for what is unknown, up to the top or until it may not ask any more. */
      async function place(origin: NotionRef): Promise<Ancestry> {
        for (;;) {
          const next = step(origin);
          if (next.at === 'end') return next.ancestry;
          if (next.at === 'unread') {
            await read([next.id]);
            continue;
          }
          const asked = await askOnce(next.ask, origin);
          if (asked === 'not_asked') return { state: next.before };
          if (asked !== 'answered') return { state: next.before, ...asked };
        }
      }

      /** Several objects of one question are often in the same page. */
      function askOnce(object: NotionRef, origin: NotionRef): Promise<Asking> {
        const running = asking.get(object.id);
        if (running !== undefined) return running;
        const answered = ask(object, origin).finally(() => asking.delete(object.id));
        asking.set(object.id, answered);
        return answered;
      }

      async function ask(object: NotionRef, origin: NotionRef): Promise<Asking> {
        const isOrigin = object.id === origin.id;
        const key = lookKey(asker, object);
        let last: Asked['last'] = 'missing';
        if (!isOrigin || isLate(misses.get(key))) {
          if (callsLeft <= 0) return 'not_asked';
          callsLeft--;
          lately.forget(workspaceId, object);
          const since = known.get(object.id)?.readAtMs ?? monotonicMs();
          const looked = await lookOnce(since, asker, object, isOrigin ? 'any_place' : 'its_place');
          if (typeof looked !== 'string') return looked;
          last = looked;
          if (isOrigin) noteLook(key, looked);
          if (looked === 'missing' && !isOrigin) await store.noteMissing(workspaceId, object, connectionId);
          if (looked === 'missing') forget(workspaceId, [object]);
          await read([object.id]);
        }
        asked.set(object.id, { last, times: (asked.get(object.id)?.times ?? 0) + 1 });
        above.clear();
        return 'answered';
      }

      // Everything that is not in memory is read at once, for any number of objects.
      const steps = objects.map(step);
      const unread = steps.flatMap(next => (next.at === 'unread' ? [next.id] : []));
      if (unread.length > 0) await read([...new Set(unread)]);
      const placed = await Promise.all(
        objects.map((object, index) => {
          const next = steps[index];
          return next?.at === 'end' ? next.ancestry : place(object);
        }),
      );
      return new Map(objects.map((object, index) => [objectKey(object), placed[index] ?? { state: 'unknown' }]));
    },

    async lookForHidden(asker, objects) {
      const due = objects.filter(object => {
        const key = lookKey(asker, object);
        return isLate(finds.get(key)) && isLate(misses.get(key));
      });
      const found = due.map(async object => {
        const looked = await lookOnce(monotonicMs(), asker, object, 'every_place');
        if (typeof looked !== 'string') return looked.trouble;
        noteLook(lookKey(asker, object), looked);
        return null;
      });
      return (await Promise.all(found)).find(trouble => trouble !== null) ?? null;
    },

    async learn(workspaceId, objects, { sentAtMs, write, tested }) {
      if (write) for (const object of objects) lately.forget(workspaceId, object);
      await lately.learn(workspaceId, merged(objects), tested, async unwritten => {
        const ageMs = () => monotonicMs() - sentAtMs;
        await store.learn(workspaceId, unwritten, { ageMs, write, tested: [...tested] });
        forget(workspaceId, unwritten);
      });
    },

    async doubt(workspaceId, objects) {
      await store.doubt(workspaceId, objects);
      for (const object of objects) lately.forget(workspaceId, object);
      forget(workspaceId, objects);
    },
  };
}

/** Merges what several places of an answer say about one object. */
function merged(objects: readonly LearnedObject[]): LearnedObject[] {
  const byId = new Map<string, LearnedObject>();
  for (const object of objects) byId.set(object.id, { ...byId.get(object.id), ...object });
  return [...byId.values()];
}
