import { type Ancestry, type Container, isContainerKind } from '../../domain/ancestry.ts';
import type { MirroredProperties } from '../../domain/grant.ts';
import type { ConnectionId } from '../../domain/ids.ts';
import type { NotionRef } from '../../domain/page-index.ts';
import type { IndexedObject } from './index-store.ts';

/** Objects above one another. Deeper is no tree that people made. */
const depthMax = 200;
/** What Notion shows may be contradicted by an answer that passes at the same time: then it is asked once more. */
const looksMax = 2;

/** What is needed of every object on the way up. */
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
  /** Undefined: not read yet. Null: nothing is known of it. Ages are those of now. */
  of(id: string): IndexedObject | null | undefined;
  readonly asked: ReadonlyMap<string, Asked>;
}

/** How far one gets from an object upwards. */
export type Step =
  | { readonly at: 'end'; readonly ancestry: Ancestry }
  /** Something has to be read from the database. */
  | { readonly at: 'unread'; readonly id: string }
  /** Notion has to be asked for this. `before` tells what stays if nobody may. */
  | { readonly at: 'open'; readonly ask: NotionRef; readonly before: 'unknown' | 'stale' };

/** Goes up from an object as far as what is known may be believed. Pure. */
export function walk(origin: NotionRef, view: View, needs: Needs): Step {
  const way: IndexedObject[] = [];
  const seen = new Set<string>();
  for (let at = origin; ; ) {
    if (seen.has(at.id)) return outOfCircle(way, view);
    if (way.length >= depthMax) return end({ state: 'unknown' });
    seen.add(at.id);
    const object = view.of(at.id);
    if (object === undefined) return { at: 'unread', id: at.id };
    const standing = judge(object, at === origin, view.asked.get(at.id), needs);
    if (standing === 'ask') return open(object, at);
    if (standing === 'lost') return end({ state: object === null ? 'unknown' : 'stale' });
    if (standing === 'hidden' && at === origin) return end({ state: 'unknown' });
    way.push(object ?? notShown(at));
    const parent = parentAbove(object, standing);
    if (parent === null || parent === 'workspace') return end(ancestryOf(way, needs.leaf));
    at = parent;
  }
}

type Standing = 'believed' | 'hidden' | 'ask' | 'lost';

function judge(object: IndexedObject | null, isOrigin: boolean, asked: Asked | undefined, needs: Needs): Standing {
  if (asked?.last === 'missing') return 'hidden';
  if (asked !== undefined) {
    if (object === null || object.ageMs === null) return 'lost';
    if (!object.doubted && hasProperties(object, needs)) return 'believed';
    if (asked.times < looksMax) return 'ask';
    return object.doubted ? 'lost' : 'believed';
  }
  if (object === null) return 'ask';
  if (isBelieved(object, needs) && !(isOrigin && needs.leaf && object.kind === 'block')) return 'believed';
  const { missing } = object;
  const isHidden = missing !== null && missing.to === needs.connectionId && missing.ageMs <= needs.maxAgeMs;
  return isHidden && !isOrigin ? 'hidden' : 'ask';
}

function isBelieved(object: IndexedObject, needs: Needs): boolean {
  const { kind, parent, ageMs, doubted } = object;
  if (ageMs === null || doubted || !hasProperties(object, needs)) return false;
  // What a comment is about never changes, and no endpoint says it of a discussion.
  if (kind === 'comment' || kind === 'discussion') return true;
  // Rows stand in a data source. An old version of the API names their database alone.
  if (kind === 'page' && parent !== 'workspace' && parent?.kind === 'database') return false;
  return ageMs <= needs.maxAgeMs;
}

function hasProperties({ kind, properties, propertiesAgeMs }: IndexedObject, { tested, maxAgeMs }: Needs): boolean {
  if (kind !== 'page' || tested.size === 0) return true;
  if (properties === null || propertiesAgeMs === null || propertiesAgeMs > maxAgeMs) return false;
  return [...tested].every(name => Object.hasOwn(properties, name));
}

/** What is known above something that Notion does not show still counts, unless it was moved since (decision 33). */
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

function ancestryOf(way: readonly IndexedObject[], leaf: boolean): Ancestry {
  const [first] = way;
  const containers = way.filter(({ kind }) => isContainerKind(kind));
  const properties = containers.flatMap(({ id, properties }) =>
    properties === null ? [] : [[id, present(properties)] as const],
  );
  return {
    state: 'known',
    path: containers.map(({ kind, id }) => ({ kind, id }) as Container),
    ...(leaf && first?.kind === 'block' && first.hasChildren !== null && { leaf: !first.hasChildren }),
    ...(properties.length > 0 && { properties: new Map(properties) }),
  };
}

function present(properties: NonNullable<IndexedObject['properties']>): MirroredProperties {
  const entries = Object.entries(properties).filter(
    (entry): entry is [string, MirroredProperties[string]] => entry[1] !== null,
  );
  return Object.fromEntries(entries);
}
