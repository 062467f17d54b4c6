import { type Ancestry, objectKey } from '../../domain/ancestry.ts';
import type { WorkspaceId } from '../../domain/ids.ts';
import { Lru } from '../../domain/lru.ts';
import type { IndexAsker, LearnedObject, NotionRef, PageIndex } from '../../domain/page-index.ts';
import { secondMs } from '../../domain/units.ts';
import type { IndexStore } from './index-store.ts';
import { createLately } from './lately.ts';
import { createLooks, type Look } from './looks.ts';
import { Remembered } from './remembered.ts';
import { type Asked, type Known, type Step, type WayUp, walk } from './walk.ts';

/** Calls to Notion that one question may cost, unless it says otherwise: as many as a tree may be deep. */
const callsMax = 200;
/** That Notion does not show an object is believed for so long (rule 29): it may be shared at any moment. */
const missMs = 5 * secondMs;
const missesMax = 50_000;

const noNames: ReadonlySet<string> = new Set();

/** The index of one instance, over the database that all share. */
export function createPageIndex(parts: { store: IndexStore; look: Look; monotonicMs: () => number }): PageIndex {
  const { store, monotonicMs } = parts;
  const remembered = new Remembered(monotonicMs);
  const lately = createLately(monotonicMs);
  const lookOnce = createLooks(parts.look, monotonicMs);
  const misses = new Lru<number>(missesMax);
  const missKey = ({ workspaceId, connectionId }: IndexAsker, { id }: NotionRef) =>
    `${workspaceId} ${connectionId} ${id}`;

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
      const asking = new Map<string, Promise<boolean>>();
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

      /** Goes up from an object, asking for what is open, until the end or until nobody may be asked. */
      async function place(origin: NotionRef): Promise<Ancestry> {
        for (;;) {
          const next = step(origin);
          if (next.at === 'end') return next.ancestry;
          if (next.at === 'unread') await read([next.id]);
          else if (!(await askOnce(next.ask, origin))) return { state: next.before };
        }
      }

      /** Objects of one question often stand in the same page. */
      function askOnce(object: NotionRef, origin: NotionRef): Promise<boolean> {
        const running = asking.get(object.id);
        if (running !== undefined) return running;
        const answered = ask(object, origin).finally(() => asking.delete(object.id));
        asking.set(object.id, answered);
        return answered;
      }

      /** False: there is no answer. */
      async function ask(object: NotionRef, origin: NotionRef): Promise<boolean> {
        const isOrigin = object.id === origin.id;
        const key = missKey(asker, object);
        const missed = misses.get(key);
        let last: Asked['last'] = 'missing';
        if (!isOrigin || missed === undefined || monotonicMs() - missed > missMs) {
          if (callsLeft <= 0) return false;
          callsLeft--;
          lately.forget(workspaceId, object);
          const looked = await lookOnce(known.get(object.id)?.readAtMs ?? monotonicMs(), asker, object, isOrigin);
          if (looked === 'no_answer') return false;
          last = looked;
          if (looked === 'missing' && isOrigin) misses.set(key, monotonicMs());
          if (looked === 'missing' && !isOrigin) await store.noteMissing(workspaceId, object, connectionId);
          if (looked === 'missing') forget(workspaceId, [object]);
          await read([object.id]);
        }
        asked.set(object.id, { last, times: (asked.get(object.id)?.times ?? 0) + 1 });
        above.clear();
        return true;
      }

      // Everything that is not in memory is read at once, however many objects there are.
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

/** What is said of one object in several places of an answer. */
function merged(objects: readonly LearnedObject[]): LearnedObject[] {
  const byId = new Map<string, LearnedObject>();
  for (const object of objects) byId.set(object.id, { ...byId.get(object.id), ...object });
  return [...byId.values()];
}
