import { PortcullisError } from '../domain/errors.ts';
import type { Answer, Operation } from '../domain/operation.ts';
import { parentPath, type Reached, readReached } from '../notion/access-report.ts';
import { type Discovered, type DiscoveryPoint, discover, readDiscovered, type SearchPage } from '../notion/discover.ts';
import { notionOperation } from '../notion/notion-operation.ts';

/** Searches that one list may cost. */
const searchesMax = 10;
/** Notion allows titles of 200,000 characters. The list shows this many. */
const titleCharsMax = 300;

/** An object that a connection sees. Strangers wrote its title, which is cut if it is very long. */
export interface ReachedItem extends Pick<Discovered, 'id' | 'object' | 'title' | 'url'> {
  /** Whether the object itself was shared: the connection does not see its parent. Null: not known. */
  readonly root: boolean | null;
  /** The public address on the web; null if there is none. */
  readonly publicUrl: string | null;
}

/**
 * Why a list ends. `limit` and `time`: there may be more, and it was enough for one answer. `rate_limited` and
 * `unavailable`: Notion did not go along; the list goes on from there another time. `refused`: Notion will not, another
 * time either. `inconsistent`: Notion's cursors lead nowhere.
 */
export type ReachStop = 'complete' | 'limit' | 'time' | 'inconsistent' | 'refused' | 'rate_limited' | 'unavailable';

export interface ReachList {
  readonly items: readonly ReachedItem[];
  readonly next: DiscoveryPoint | null;
  readonly stopped: ReachStop;
}

export interface ReachOptions {
  readonly ask: (operation: Operation) => Promise<Answer>;
  readonly from: DiscoveryPoint;
  readonly itemsMax: number;
  /** Whether it is time to come to an end. */
  readonly hurry: () => boolean;
}

/** Lists what a connection sees according to search, and which of these objects were shared themselves. */
export async function listReach({ ask, from, itemsMax, hurry }: ReachOptions): Promise<ReachList> {
  const reached = new Map<string, Reached>();
  const isRoot = createRootTest(ask, reached);
  const places = new Map<string, DiscoveryPoint>();
  const items: ReachedItem[] = [];
  let point = from;

  async function search(cursor: string | null, pageSize: number): Promise<SearchPage> {
    if (cursor !== point.cursor) point = { cursor, skip: 0 };
    if (hurry() && reached.size > 0) throw new ListStop('time');
    const page = await searchOnce(ask, cursor, pageSize);
    for (const [skip, result] of page.results.entries()) {
      const id = readDiscovered(result)?.id;
      if (id === undefined) continue;
      reached.set(id, readReached(result));
      places.set(id, { cursor, skip });
    }
    return page;
  }

  try {
    const discovery = discover({ search, itemsMax, searchesMax, from });
    for (;;) {
      const step = await discovery.next();
      if (step.done) return { items, next: step.value.next, stopped: step.value.why };
      // A caller who comes back after a stop begins with the object of this step.
      point = places.get(step.value.id) ?? point;
      // A list that is asked for again and again must get on, however slow Notion is.
      if (hurry() && items.length > 0) throw new ListStop('time');
      items.push(await describe(step.value));
    }
  } catch (error) {
    return { items, ...stopOf(error, point) };
  }

  async function describe({ id, object, title, url }: Discovered): Promise<ReachedItem> {
    const { parent, publicUrl } = reached.get(id) ?? { parent: null, publicUrl: null };
    return { id, object, title: shorten(title), url, publicUrl, root: await isRoot(parent) };
  }
}

function shorten(title: string): string {
  if (title.length <= titleCharsMax) return title;
  return `${title.slice(0, titleCharsMax).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** Page sizes to try one after the other: an answer with a hundred large objects may be too big to be released. */
const smallerPages = [10, 1];

async function searchOnce(ask: ReachOptions['ask'], cursor: string | null, pageSize: number): Promise<SearchPage> {
  for (const size of [pageSize, ...smallerPages]) {
    const answer = await ask(searchOperation(cursor, size)).catch(error => {
      if (error instanceof PortcullisError && error.code === 'upstream_refused') return null;
      throw error;
    });
    if (answer !== null) return readSearchPage(answer);
  }
  throw new ListStop('unavailable');
}

function searchOperation(cursor: string | null, pageSize: number): Operation {
  return notionOperation('POST', '/v1/search', {
    page_size: pageSize,
    ...(cursor !== null && { start_cursor: cursor }),
  });
}

/** Ends a list. `next` is the point from which it may go on. */
class ListStop extends Error {
  readonly why: ReachStop;
  readonly next: DiscoveryPoint | null | undefined;

  /** Without `next` the list goes on at its present point. */
  constructor(why: ReachStop, next?: DiscoveryPoint | null) {
    super(why);
    this.why = why;
    this.next = next;
  }
}

function stopOf(error: unknown, point: DiscoveryPoint): Pick<ReachList, 'next' | 'stopped'> {
  if (error instanceof ListStop) return { stopped: error.why, next: error.next === undefined ? point : error.next };
  return { stopped: isRateLimited(error) ? 'rate_limited' : 'unavailable', next: point };
}

/** The gateway waits for its share of Notion's limits, and itself refuses calls that would wait too long. */
function isRateLimited(error: unknown): boolean {
  return error instanceof PortcullisError && error.code === 'rate_limited';
}

function readSearchPage({ status, body }: Answer): SearchPage {
  if (status === 429) throw new ListStop('rate_limited');
  if (status >= 500) throw new ListStop('unavailable');
  // Asking again would bring the same result: the connection may not search at all, or the cursor has expired.
  if (status !== 200 || !Buffer.isBuffer(body)) throw new ListStop('refused', null);
  const json = JSON.parse(body.toString()) as Record<string, unknown>;
  const { results, has_more: hasMore, next_cursor: nextCursor } = json;
  return {
    results: Array.isArray(results) ? results : [],
    hasMore: hasMore === true,
    nextCursor: typeof nextCursor === 'string' ? nextCursor : null,
  };
}

/** Asks after each parent once; what search found itself need not be asked for. */
function createRootTest(ask: ReachOptions['ask'], reached: ReadonlyMap<string, Reached>) {
  const asked = new Map<string, boolean | null>();

  async function sees(path: `/v1/${string}`): Promise<boolean | null> {
    const status = await ask(notionOperation('GET', path)).then(
      answer => answer.status,
      error => {
        if (isRateLimited(error)) throw error;
        return 0;
      },
    );
    if (status === 429) throw new ListStop('rate_limited');
    return status === 200 ? true : status === 404 ? false : null;
  }

  return async function isRoot(parent: Reached['parent']): Promise<boolean | null> {
    if (parent === null) return null;
    if (parent === 'workspace') return true;
    if (reached.has(parent.id)) return false;
    if (!asked.has(parent.id)) asked.set(parent.id, await sees(parentPath(parent)));
    const seen = asked.get(parent.id) ?? null;
    return seen === null ? null : !seen;
  };
}
