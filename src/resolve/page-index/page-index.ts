import { type Ancestry, type Container, isContainerKind, objectKey } from '../../domain/ancestry.ts';
import type { MirroredProperties } from '../../domain/grant.ts';
import type { WorkspaceId } from '../../domain/ids.ts';
import { Lru } from '../../domain/lru.ts';
import type { IndexAsker, NotionRef, PageIndex } from '../../domain/page-index.ts';
import type { Chains, IndexedObject, IndexStore } from './index-store.ts';
import { createLately } from './lately.ts';

/** What Notion says of one object. Where it is shown, the answer has been learned on its way through the gate. */
export type Looked = 'shown' | 'missing' | 'no_answer';

/** Asks Notion for one object, as the system and charged to the caller. Never rejects. */
export type Look = (asker: IndexAsker, object: NotionRef) => Promise<Looked>;

/** A path is remembered this long in the process: the database knows of moves that other instances saw (decision 33). */
const rememberedMs = 5_000;
const rememberedMax = 50_000;
/** Calls to Notion that one question may cost, unless it says otherwise. */
const callsMax = 25;
/** Objects above one another: deeper is a circle, or a tree that nobody made by hand. */
const depthMax = 200;

const noNames: ReadonlySet<string> = new Set();

/** The index of one instance over the database that all share. */
export function createPageIndex(parts: { store: IndexStore; look: Look; monotonicMs: () => number }): PageIndex {
  const { store, look, monotonicMs } = parts;
  const remembered = new Lru<{ readonly ancestry: Ancestry; readonly at: number }>(rememberedMax);
  /** Moves with everything that is learned or doubted in a workspace here: what was remembered before counts no more. */
  const versions = new Map<WorkspaceId, number>();
  const underWay = new Map<string, Promise<Looked>>();
  const lately = createLately(monotonicMs);

  const versionOf = (workspaceId: WorkspaceId) => versions.get(workspaceId) ?? 0;
  const changed = (workspaceId: WorkspaceId) => void versions.set(workspaceId, versionOf(workspaceId) + 1);

  /** Callers who need the same object at once share one call. */
  function lookOnce(asker: IndexAsker, object: NotionRef): Promise<Looked> {
    const key = `${asker.workspaceId} ${asker.connectionId} ${object.id}`;
    const running = underWay.get(key);
    if (running !== undefined) return running;
    const looking = look(asker, object).finally(() => underWay.delete(key));
    underWay.set(key, looking);
    return looking;
  }

  async function chainsOf(workspaceId: WorkspaceId, ids: readonly string[]): Promise<Chains> {
    const chains = await store.chains(workspaceId, ids);
    for (const chain of chains.byId.values()) for (const node of chain) lately.compare(workspaceId, node);
    return chains;
  }

  async function ask(asker: IndexAsker, object: NotionRef): Promise<Looked> {
    lately.forget(asker.workspaceId, object);
    const looked = await lookOnce(asker, object);
    if (looked === 'missing') await store.noteMissing(asker.workspaceId, object);
    if (looked !== 'no_answer') changed(asker.workspaceId);
    return looked;
  }

  return {
    async find(asker, objects, { maxAgeMs, mayAsk = callsMax, tested = noNames } = {}) {
      const { workspaceId } = asker;
      const found = new Map<string, Ancestry>();
      const keyOf = ({ id }: NotionRef) => `${workspaceId} ${versionOf(workspaceId)} ${id} ${[...tested].join(' ')}`;
      const open = objects.filter(object => {
        const known = maxAgeMs === undefined ? remembered.get(keyOf(object)) : undefined;
        if (known === undefined || monotonicMs() - known.at > rememberedMs) return true;
        found.set(objectKey(object), known.ancestry);
        return false;
      });
      if (open.length === 0) return found;
      let chains = await chainsOf(workspaceId, distinctIds(open));
      let callsLeft = mayAsk;
      for (const object of open) {
        const walked = await walk(object);
        found.set(objectKey(object), walked);
        if (walked.state === 'known') remembered.set(keyOf(object), { ancestry: walked, at: monotonicMs() });
      }
      return found;

      /** Goes up from an object, and asks Notion for what is not known, until the chain is whole or must stay open. */
      async function walk(object: NotionRef): Promise<Ancestry> {
        const asked = new Set<string>();
        for (;;) {
          const chain = chains.byId.get(object.id) ?? [];
          const limitMs = maxAgeMs ?? chains.freshnessMs;
          const need = firstOpen(object, chain, limitMs, tested, asked);
          if (need === null) return ancestryOf(chain);
          if (need === 'endless') return { state: 'unknown' };
          const old = chain.some(({ id }) => id === need.id);
          if (callsLeft === 0) return { state: old ? 'stale' : 'unknown' };
          callsLeft -= 1;
          const looked = await ask(asker, need);
          if (looked === 'no_answer') return { state: old ? 'stale' : 'unknown' };
          if (looked === 'missing' && need.id === object.id) return { state: 'unknown' };
          asked.add(need.id);
          chains = merge(chains, await chainsOf(workspaceId, [object.id]));
        }
      }
    },

    async learn(workspaceId, objects, { ageMs = 0, tested = noNames } = {}) {
      await lately.learn(workspaceId, objects, tested, async unwritten => {
        await store.learn(workspaceId, unwritten, ageMs, [...tested]);
        changed(workspaceId);
      });
    },

    async doubt(workspaceId, objects) {
      await store.doubt(workspaceId, objects);
      for (const object of objects) lately.forget(workspaceId, object);
      changed(workspaceId);
    },
  };
}

function distinctIds(objects: readonly NotionRef[]): string[] {
  return [...new Set(objects.map(({ id }) => id))];
}

function merge(chains: Chains, more: Chains): Chains {
  return { ...more, byId: new Map([...chains.byId, ...more.byId]) };
}

/** The first object of a chain that Notion must be asked for. Null: the chain is whole. */
function firstOpen(
  object: NotionRef,
  chain: readonly IndexedObject[],
  limitMs: number,
  tested: ReadonlySet<string>,
  asked: ReadonlySet<string>,
): NotionRef | 'endless' | null {
  if (chain.length >= depthMax) return 'endless';
  let next: NotionRef = object;
  for (const node of chain) {
    if (node.id !== next.id) break;
    const old = node.doubted || node.ageMs > ageLimit(node, object, limitMs) || lacksProperties(node, tested);
    if (old && !asked.has(node.id)) return { kind: node.kind, id: node.id };
    if (node.missing && (node.id === object.id || node.parent === null)) return null;
    if (node.parent === 'workspace') return null;
    if (node.parent === null) return asked.has(node.id) ? null : { kind: node.kind, id: node.id };
    next = node.parent;
  }
  // The same object twice in a chain: its parents lead in a circle.
  return asked.has(next.id) || chain.some(({ id }) => id === next.id) ? 'endless' : next;
}

/** That an object is missing is believed for a moment only: it may just have been shared. */
function ageLimit({ id, missing }: IndexedObject, object: NotionRef, limitMs: number): number {
  return missing && id === object.id ? Math.min(limitMs, rememberedMs) : limitMs;
}

function lacksProperties({ kind, properties, missing }: IndexedObject, tested: ReadonlySet<string>): boolean {
  if (kind !== 'page' || missing || tested.size === 0) return false;
  return [...tested].some(name => properties === null || !Object.hasOwn(properties, name));
}

function ancestryOf(chain: readonly IndexedObject[]): Ancestry {
  const [first] = chain;
  if (first === undefined || first.missing) return { state: 'unknown' };
  const containers = chain.filter(({ kind }) => isContainerKind(kind));
  const properties = new Map(
    containers.flatMap(({ id, properties }) => (properties === null ? [] : [[id, present(properties)]])),
  );
  return {
    state: 'known',
    path: containers.map(({ kind, id }) => ({ kind, id }) as Container),
    ...(first.kind === 'block' && first.hasChildren !== null && { leaf: !first.hasChildren }),
    ...(properties.size > 0 && { properties }),
  };
}

function present(properties: NonNullable<IndexedObject['properties']>): MirroredProperties {
  return Object.fromEntries(
    Object.entries(properties).filter((entry): entry is [string, MirroredProperties[string]] => entry[1] !== null),
  );
}
