import { PortcullisError } from '../../domain/errors.ts';
import type { Answer, Operation } from '../../domain/operation.ts';
import { parentPath, type Reached, readReached } from '../../notion/access-report.ts';
import {
  type Discovered,
  type DiscoveryEnd,
  type DiscoveryPoint,
  discover,
  type SearchPage,
} from '../../notion/discover.ts';
import { notionOperation } from '../../notion/notion-operation.ts';

/** Searches that one list may cost. */
const searchesMax = 10;

/** An object that a connection sees. Titles are text that strangers wrote. */
export interface ReachedItem extends Pick<Discovered, 'id' | 'object' | 'title' | 'url'> {
  /** Whether it was shared itself: the connection does not see what it lies in. Null: nobody could say. */
  readonly root: boolean | null;
  /** Where everybody on the web can read it; null where nobody can. */
  readonly publicUrl: string | null;
}

/** `rate_limited` and `unavailable`: Notion did not go along; the list goes on from there another time. */
export type ReachStop = 'complete' | 'limit' | 'inconsistent' | 'refused' | 'rate_limited' | 'unavailable';

export interface ReachList {
  readonly items: readonly ReachedItem[];
  readonly next: DiscoveryPoint | null;
  readonly stopped: ReachStop;
}

/** Lists what a connection sees, as far as search tells, and what of it was shared itself. */
export async function listReach(options: {
  ask: (operation: Operation) => Promise<Answer>;
  from: DiscoveryPoint | null;
  itemsMax: number;
}): Promise<ReachList> {
  const { ask, itemsMax } = options;
  const reached = new Map<string, Reached>();
  const found: Discovered[] = [];
  let point: DiscoveryPoint = options.from ?? { cursor: null, skip: 0 };

  async function search(cursor: string | null, pageSize: number): Promise<SearchPage> {
    if (cursor !== point.cursor) point = { cursor, skip: 0 };
    const page = readSearchPage(await ask(searchOperation(cursor, pageSize)));
    for (const result of page.results) {
      if (typeof result.id === 'string') reached.set(result.id, readReached(result));
    }
    return page;
  }

  const end = await collect(discover({ search, itemsMax, searchesMax, from: point }), found).catch(error => {
    // What was found on earlier pages of results stays; the page that failed is asked for again another time.
    return { why: stopOf(error), next: error instanceof SearchRefused && error.final ? null : point } as const;
  });
  const items = await markRoots(found, reached, ask);
  return { items, next: end.next, stopped: end.why };
}

async function collect(
  discovery: AsyncGenerator<Discovered, DiscoveryEnd>,
  found: Discovered[],
): Promise<{ why: ReachStop; next: DiscoveryPoint | null }> {
  for (;;) {
    const step = await discovery.next();
    if (step.done) return step.value;
    found.push(step.value);
  }
}

function searchOperation(cursor: string | null, pageSize: number): Operation {
  return notionOperation('POST', '/v1/search', {
    page_size: pageSize,
    ...(cursor !== null && { start_cursor: cursor }),
  });
}

/** Notion answered a search with something else than results. */
class SearchRefused extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`A search was answered with ${status}.`);
    this.status = status;
  }

  /** Asking again would bring the same: the connection may not search at all, or the cursor is no more. */
  get final(): boolean {
    return this.status < 500 && this.status !== 429 && this.status !== 529;
  }
}

function stopOf(error: unknown): ReachStop {
  // The gateway waits for its share of Notion's limits, and refuses by itself what would wait too long.
  if (error instanceof PortcullisError && error.code === 'rate_limited') return 'rate_limited';
  if (!(error instanceof SearchRefused)) return 'unavailable';
  if (error.status === 429) return 'rate_limited';
  return error.final ? 'refused' : 'unavailable';
}

function readSearchPage({ status, body }: Answer): SearchPage & { results: readonly Record<string, unknown>[] } {
  if (status !== 200 || !Buffer.isBuffer(body)) throw new SearchRefused(status);
  const json = JSON.parse(body.toString()) as Record<string, unknown>;
  const { results, has_more: hasMore, next_cursor: nextCursor } = json;
  return {
    results: Array.isArray(results) ? results.filter(result => typeof result === 'object' && result !== null) : [],
    hasMore: hasMore === true,
    nextCursor: typeof nextCursor === 'string' ? nextCursor : null,
  };
}

/** Asks after each parent once; what search found itself need not be asked for. */
async function markRoots(
  found: readonly Discovered[],
  reached: ReadonlyMap<string, Reached>,
  ask: (operation: Operation) => Promise<Answer>,
): Promise<ReachedItem[]> {
  const visible = new Map<string, boolean | null>([...reached.keys()].map(id => [id, true]));
  const items: ReachedItem[] = [];
  for (const { id, object, title, url } of found) {
    const { parent, publicUrl } = reached.get(id) ?? { parent: null, publicUrl: null };
    items.push({ id, object, title, url, publicUrl, root: await isRoot(parent) });
  }
  return items;

  async function isRoot(parent: Reached['parent']): Promise<boolean | null> {
    if (parent === null) return null;
    if (parent === 'workspace') return true;
    if (!visible.has(parent.id)) visible.set(parent.id, await sees(parentPath(parent)));
    const seen = visible.get(parent.id) ?? null;
    return seen === null ? null : !seen;
  }

  async function sees(path: `/v1/${string}`): Promise<boolean | null> {
    const status = await ask(notionOperation('GET', path)).then(
      answer => answer.status,
      () => 0,
    );
    return status === 200 ? true : status === 404 ? false : null;
  }
}
