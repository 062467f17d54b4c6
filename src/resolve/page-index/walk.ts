import { type Ancestry, type Container, isContainerKind } from '../../domain/ancestry.ts';
import type { MirroredProperties } from '../../domain/grant.ts';
import type { ConnectionId } from '../../domain/ids.ts';
import type { NotionRef } from '../../domain/page-index.ts';
import type { IndexedObject } from './index-store.ts';

/** Objects above one another. Deeper is no tree that people made. */
const depthMax = 200;
/** An answer that passes at the same time may contradict what Notion shows: then Notion is asked once more. */
const looksMax = 2;

/** What the question needs to know about every object on the way up. */
export interface Needs {
  readonly maxAgeMs: number;
  readonly tested: ReadonlySet<string>;
  readonly leaf: boolean;
  readonly connectionId: ConnectionId;
}

/** What one question has found out by asking Notion. */
export interface Asked {
  readonly last: 'shown' | 'missing';
  readonly times: number;
}

export interface View {
  /** Undefined: not read yet. */
  of(id: string): Known | undefined;
  readonly nowMs: number;
  readonly asked: ReadonlyMap<string, Asked>;
  /** What a walk found above an object that it came through. The next walk that comes there ends. */
  readonly above: Map<string, WayUp>;
}

/** What was read about an object. */
export interface Known {
  /** Null: nothing is known about it. */
  readonly object: IndexedObject | null;
  /** When its ages were right. */
  readonly readAtMs: number;
}

/** The way up: an object and everything above it, up to the top. */
export interface WayUp {
  readonly depth: number;
  readonly path: readonly Container[];
  readonly properties: readonly (readonly [id: string, MirroredProperties])[];
}

/** How far one gets from an object upwards. */
export type Step =
  | { readonly at: 'end'; readonly ancestry: Ancestry }
  /** Something has to be read from the database. */
  | { readonly at: 'unread'; readonly id: string }
  /** Notion has to be asked about this object. `before` is the result if it cannot be asked. */
  | { readonly at: 'open'; readonly ask: NotionRef; readonly before: 'unknown' | 'stale' };

/** Goes up from an object as far as the knowledge counts. Pure. */
export function walk(origin: NotionRef, view: View, needs: Needs): Step {
  const way: IndexedObject[] = [];
  for (let at = origin; ; ) {
    if (way.some(({ id }) => id === at.id)) return outOfCircle(way, view);
    if (way.length >= depthMax) return end({ state: 'unknown' });
    const above = at === origin ? undefined : view.above.get(at.id);
    if (above !== undefined && way.length + above.depth <= depthMax) return end(ancestryOf(way, above, view, needs));
    const known = view.of(at.id);
    if (known === undefined) return { at: 'unread', id: at.id };
    const { object } = known;
    // Everything in it has grown older since it was read.
    const maxAgeMs = needs.maxAgeMs - (view.nowMs - known.readAtMs);
    const standing = judge(object, at === origin, view.asked.get(at.id), needs, maxAgeMs);
    if (standing === 'ask') return open(object, at);
    if (standing === 'lost') return end({ state: object === null ? 'unknown' : 'stale' });
    if (standing === 'hidden' && at === origin) return end({ state: 'unknown' });
    way.push(object ?? notShown(at));
    const parent = parentAbove(object, standing);
    if (parent === null || parent === 'workspace') return end(ancestryOf(way, top, view, needs));
    at = parent;
  }
}

type Standing = 'believed' | 'hidden' | 'ask' | 'lost';

function judge(
  object: IndexedObject | null,
  isOrigin: boolean,
  asked: Asked | undefined,
  needs: Needs,
  maxAgeMs: number,
): Standing {
  if (asked?.last === 'missing') return 'hidden';
  if (asked !== undefined) {
    if (object === null || object.ageMs === null) return 'lost';
    if (!object.doubted && hasProperties(object, needs.tested, maxAgeMs)) return 'believed';
    if (asked.times < looksMax) return 'ask';
    return object.doubted ? 'lost' : 'believed';
  }
  if (object === null) return 'ask';
  if (isBelieved(object, needs.tested, maxAgeMs) && !(isOrigin && needs.leaf && object.kind === 'block'))
    return 'believed';
  const { missing } = object;
  const isHidden = missing !== null && missing.to === needs.connectionId && missing.ageMs <= maxAgeMs;
  return isHidden && !isOrigin ? 'hidden' : 'ask';
}

function isBelieved(object: IndexedObject, tested: ReadonlySet<string>, maxAgeMs: number): boolean {
  const { kind, parent, ageMs, doubted } = object;
  if (ageMs === null || doubted || !hasProperties(object, tested, maxAgeMs)) return false;
  // What a comment is about never changes, and no endpoint says it of a discussion.
  if (kind === 'comment' || kind === 'discussion') return true;
  // Rows stand in a data source. An old version of the API names only their database.
  if (kind === 'page' && parent !== 'workspace' && parent?.kind === 'database') return false;
  return ageMs <= maxAgeMs;
}

function hasProperties(
  { kind, properties, propertiesAgeMs }: IndexedObject,
  tested: ReadonlySet<string>,
  maxAgeMs: number,
): boolean {
  if (kind !== 'page' || tested.size === 0) return true;
  if (properties === null || propertiesAgeMs === null || propertiesAgeMs > maxAgeMs) return false;
  return [...tested].every(name => Object.hasOwn(properties, name));
}

/**
 * If Notion does not show an object, what is known about its parents still counts, unless it was moved since (decision
 * 33).
 */
function parentAbove(object: IndexedObject | null, standing: Standing): NotionRef | 'workspace' | null {
  if (object === null || (standing === 'hidden' && object.doubted)) return null;
  return object.parent;
}

function open(object: IndexedObject | null, { kind, id }: NotionRef): Step {
  const known = object !== null && object.ageMs !== null;
  return { at: 'open', ask: { kind: object?.kind ?? kind, id }, before: known ? 'stale' : 'unknown' };
}

/** Parents that lead round in a circle were learned at different times: one of them is old. */
function outOfCircle(way: readonly IndexedObject[], { asked }: View): Step {
  const next = way.find(({ id, missing }) => !asked.has(id) && missing === null);
  return next === undefined ? end({ state: 'unknown' }) : { at: 'open', ask: next, before: 'unknown' };
}

function end(ancestry: Ancestry): Step {
  return { at: 'end', ancestry };
}

function notShown({ kind, id }: NotionRef): IndexedObject {
  const nothing = { parent: null, title: null, inTrash: null, hasChildren: null, properties: null };
  return { kind, id, ...nothing, propertiesAgeMs: null, ageMs: null, doubted: false, missing: null };
}

const top: WayUp = { depth: 0, path: [], properties: [] };

function ancestryOf(way: readonly IndexedObject[], end: WayUp, view: View, { leaf }: Needs): Ancestry {
  const [first, parent] = way;
  const above = joined(way.slice(1), end);
  if (parent !== undefined) view.above.set(parent.id, above);
  const { path, properties } = joined(way.slice(0, 1), above);
  return {
    state: 'known',
    path,
    ...(leaf && first?.kind === 'block' && first.hasChildren !== null && { leaf: !first.hasChildren }),
    ...(properties.length > 0 && { properties: new Map(properties) }),
  };
}

function joined(way: readonly IndexedObject[], above: WayUp): WayUp {
  let { path, properties } = above;
  for (const { kind, id, properties: own } of way.toReversed()) {
    if (!isContainerKind(kind)) continue;
    path = [{ kind, id }, ...path];
    if (own !== null) properties = [[id, present(own)], ...properties];
  }
  return { depth: way.length + above.depth, path, properties };
}

function present(properties: NonNullable<IndexedObject['properties']>): MirroredProperties {
  const entries = Object.entries(properties).filter(
    (entry): entry is [string, MirroredProperties[string]] => entry[1] !== null,
  );
  return Object.fromEntries(entries);
}
