import { canonicalId } from './ids.ts';

/** An object that search found, in few words. Its title is text that a stranger wrote. */
export interface Discovered {
  readonly id: string;
  readonly object: 'page' | 'data_source' | 'database';
  readonly title: string;
  readonly url: string | null;
  /** The id of its parent, or `workspace`; null if Notion does not say. */
  readonly parent: { readonly type: string; readonly id: string | null } | null;
  readonly lastEditedTime: string | null;
}

/** One page of search results: Notion's answer to `POST /v1/search`. */
export type SearchPage = {
  readonly results: readonly unknown[];
  readonly hasMore: boolean;
  readonly nextCursor: string | null;
};

/** Asks Notion for one page of results. Throws what ends the discovery. */
export type Search = (cursor: string | null, pageSize: number) => Promise<SearchPage>;

export interface DiscoverOptions {
  readonly search: Search;
  /** Most objects. */
  readonly itemsMax: number;
  /** Most calls of `search`, however few results each brings. */
  readonly searchesMax: number;
  /** The point where an earlier discovery stopped. */
  readonly from?: DiscoveryPoint | null;
  readonly signal?: AbortSignal;
}

/** A place in a discovery: Notion's cursor, and how many results of that page have been seen already. */
export interface DiscoveryPoint {
  readonly cursor: string | null;
  readonly skip: number;
}

/**
 * How a discovery ended. `limit`: there may be more, from `next` on. `inconsistent`: Notion said that there is more but
 * not where, or led back to an earlier place.
 */
export interface DiscoveryEnd {
  readonly why: 'complete' | 'limit' | 'inconsistent';
  readonly next: DiscoveryPoint | null;
}

const pageSizeMax = 100;

/**
 * Everything that the connection can see, as search finds it. It is called "discovered", because search is not an
 * access list: it lags behind changes and skips linked databases (https://developers.notion.com/reference/post-search).
 *
 * Yields each object once. Bounded in objects and in searches (defect A27); the iterator's return value says whether
 * there may be more, and from where.
 */
export async function* discover(options: DiscoverOptions): AsyncGenerator<Discovered, DiscoveryEnd> {
  const { search, itemsMax, searchesMax, signal } = options;
  const seen = new Set<string>();
  const visited = new Set<string | null>();
  let point: DiscoveryPoint = options.from ?? { cursor: null, skip: 0 };
  for (let searches = 0; searches < searchesMax; searches++) {
    if (seen.size === itemsMax) return { why: 'limit', next: point };
    if (visited.has(point.cursor)) return { why: 'inconsistent', next: null };
    visited.add(point.cursor);
    signal?.throwIfAborted();
    // A page that was cut by a limit is requested again in the same size, so that `skip` means the same results.
    const page = await search(point.cursor, pageSizeMax);
    for (let index = point.skip; index < page.results.length; index++) {
      if (seen.size === itemsMax) return { why: 'limit', next: { cursor: point.cursor, skip: index } };
      const found = readDiscovered(page.results[index]);
      if (found === null || seen.has(found.id)) continue;
      seen.add(found.id);
      yield found;
    }
    if (!page.hasMore) return { why: 'complete', next: null };
    if (page.nextCursor === null) return { why: 'inconsistent', next: null };
    point = { cursor: page.nextCursor, skip: 0 };
  }
  return { why: 'limit', next: point };
}

/** Reads one search result; null for anything that is not a page, a data source or a database with an id. */
export function readDiscovered(value: unknown): Discovered | null {
  if (!isRecord(value)) return null;
  const { object, id, url, last_edited_time: edited } = value;
  if (object !== 'page' && object !== 'data_source' && object !== 'database') return null;
  const canonical = typeof id === 'string' ? canonicalId(id) : null;
  if (canonical === null) return null;
  return {
    id: canonical,
    object,
    title: plainText(object === 'page' ? titleProperty(value.properties) : value.title),
    url: typeof url === 'string' && url.startsWith('https://') ? url : null,
    parent: readParent(value.parent),
    lastEditedTime: typeof edited === 'string' ? edited : null,
  };
}

function titleProperty(properties: unknown): unknown {
  if (!isRecord(properties)) return [];
  const title = Object.values(properties).find(property => isRecord(property) && property.type === 'title');
  return isRecord(title) ? title.title : [];
}

function plainText(richText: unknown): string {
  if (!Array.isArray(richText)) return '';
  const texts = richText.map(part => (isRecord(part) && typeof part.plain_text === 'string' ? part.plain_text : ''));
  return texts.join('');
}

function readParent(parent: unknown): Discovered['parent'] {
  if (!isRecord(parent) || typeof parent.type !== 'string') return null;
  const type = parent.type;
  const id = parent[type];
  return { type, id: typeof id === 'string' ? canonicalId(id) : null };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
