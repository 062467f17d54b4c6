import type { Call } from '../http/route.ts';
import type { DataSourceNode, Node, PageNode } from '../world/records.ts';
import { sees } from '../world/sharing.ts';
import { foldTitle } from '../world/title-index.ts';
import { isSearchable, isTrashed, titleOf } from '../world/tree.ts';

export interface Wanted {
  readonly query: string;
  readonly oldestFirst: boolean;
  readonly inTrash: boolean;
  accepts(node: PageNode | DataSourceNode): boolean;
}

export interface Found {
  readonly items: (PageNode | DataSourceNode)[];
  /** Edit number of the last item; the next page starts after it. `null` at the end. */
  readonly next: number | null;
}

/**
 * So many of the latest edits are looked at first, or as many as there are candidates: where matches are frequent, that is
 * all it takes, and where they are not, it at most doubles the work.
 */
const FIRST_LOOK = 500;
/** A part of the workspace of more nodes than this is not gathered: walking the edits is cheaper. */
const GATHERED_MAX = 5000;

/** Pages and data sources shared with the caller whose title contains the query, by time of last edit. */
export function searchTitles(call: Call, wanted: Wanted, after: number | undefined, size: number): Found {
  const edits = call.world.edits.get(call.caller.workspaceId);
  if (edits === undefined) return { items: [], next: null };
  const query = foldTitle(wanted.query.trim());
  const direction = wanted.oldestFirst ? 'oldest' : 'newest';
  const candidates = query === '' ? null : (call.world.titles.get(call.caller.workspaceId)?.candidates(query) ?? null);
  const firstLook = Math.max(FIRST_LOOK, candidates?.length ?? 0);
  const hits: Hit[] = [];
  let steps = 0;
  let reached = after;
  for (const [number, id] of edits.walk(direction, after)) {
    if (steps === firstLook) return foundIn(rest(call, wanted, query, candidates, hits, reached, size), size);
    steps += 1;
    reached = number;
    if (keep(call, wanted, query, hits, number, id) && hits.length > size) break;
  }
  return foundIn(hits, size);
}

type Hit = readonly [number: number, node: PageNode | DataSourceNode];

/** One hit more than asked for tells that there is another page. */
function foundIn(hits: readonly Hit[], size: number): Found {
  const shown = hits.slice(0, size);
  return { items: shown.map(([, node]) => node), next: hits.length > size ? (shown.at(-1)?.[0] ?? null) : null };
}

/** The hits after the first look: among the candidates of the title index or of what is shared, if those are few. */
function rest(
  call: Call,
  wanted: Wanted,
  query: string,
  candidates: readonly string[] | null,
  hits: Hit[],
  from: number | undefined,
  size: number,
): Hit[] {
  const edits = call.world.edits.get(call.caller.workspaceId);
  const ids = candidates ?? sharedNodes(call);
  const walk =
    ids === null ? edits?.walk(wanted.oldestFirst ? 'oldest' : 'newest', from) : inOrder(call, ids, wanted, from);
  for (const [number, id] of walk ?? []) {
    if (keep(call, wanted, query, hits, number, id) && hits.length > size) break;
  }
  return hits;
}

function keep(call: Call, wanted: Wanted, query: string, hits: Hit[], number: number, id: string): boolean {
  const node = call.world.nodes.get(id);
  if (node === undefined || !isSearchable(node) || !matches(call, node, wanted, query)) return false;
  hits.push([number, node]);
  return true;
}

function matches(call: Call, node: PageNode | DataSourceNode, wanted: Wanted, query: string): boolean {
  if (!wanted.accepts(node)) return false;
  if (call.searchDelayMs > 0 && node.editedAt > call.world.clock.now() - call.searchDelayMs) return false;
  if (query !== '' && !foldTitle(titleOf(node)).includes(query)) return false;
  return isTrashed(call.world, node) === wanted.inTrash && sees(call.world, call.caller, node);
}

/** Everything shared with the caller, or `null` if that is much. */
function sharedNodes(call: Call): string[] | null {
  if (call.caller.reach === 'person') return null;
  const found: string[] = [];
  const waiting = [...call.caller.shared];
  let visited = 0;
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const node = call.world.nodes.get(id);
    if (node === undefined) continue;
    if (isSearchable(node)) found.push(id);
    visited += 1;
    if (visited + waiting.length > GATHERED_MAX) return null;
    waiting.push(...below(node));
  }
  return found;
}

function below(node: Node): readonly string[] {
  if (node.kind === 'database') return node.dataSources;
  return node.kind === 'data_source' ? node.rows : node.children;
}

function inOrder(call: Call, ids: Iterable<string>, wanted: Wanted, from: number | undefined): [number, string][] {
  const edits = call.world.edits.get(call.caller.workspaceId);
  const sign = wanted.oldestFirst ? 1 : -1;
  const numbered: [number, string][] = [];
  for (const id of new Set(ids)) {
    const number = edits?.numberOf(id) ?? 0;
    if (from === undefined || sign * (number - from) > 0) numbered.push([number, id]);
  }
  return numbered.sort(([a], [b]) => sign * (a - b));
}
