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

/** Below this many candidates all are looked at; above, matches are so frequent that a walk by edit time finds them. */
const FEW = 2000;

/** Pages and data sources shared with the caller whose title contains the query, by time of last edit. */
export function searchTitles(call: Call, wanted: Wanted, after: number | undefined, size: number): Found {
  const edits = call.world.edits.get(call.caller.workspaceId);
  if (edits === undefined) return { items: [], next: null };
  const query = foldTitle(wanted.query.trim());
  const direction = wanted.oldestFirst ? 'oldest' : 'newest';
  const candidates =
    query === '' ? sharedNodes(call) : few(call.world.titles.get(call.caller.workspaceId)?.candidates(query));
  const walk =
    candidates === null ? edits.walk(direction, after) : inOrder(call, candidates, wanted.oldestFirst, after);
  const items: (PageNode | DataSourceNode)[] = [];
  let last = 0;
  for (const [number, id] of walk) {
    const node = call.world.nodes.get(id);
    if (node === undefined || !isSearchable(node) || !matches(call, node, wanted, query)) continue;
    if (items.length === size) return { items, next: last };
    items.push(node);
    last = number;
  }
  return { items, next: null };
}

function matches(call: Call, node: PageNode | DataSourceNode, wanted: Wanted, query: string): boolean {
  if (!wanted.accepts(node)) return false;
  if (call.searchDelayMs > 0 && node.editedAt > call.world.clock.now() - call.searchDelayMs) return false;
  if (query !== '' && !foldTitle(titleOf(node)).includes(query)) return false;
  return isTrashed(call.world, node) === wanted.inTrash && sees(call.world, call.caller, node);
}

function few(candidates: ReadonlySet<string> | null | undefined): Iterable<string> | null {
  return candidates === null || candidates === undefined || candidates.size > FEW ? null : candidates;
}

/** Everything shared with the caller, or `null` once that is more than a few. */
function sharedNodes(call: Call): string[] | null {
  const found: string[] = [];
  const waiting = [...call.caller.shared];
  let visited = 0;
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const node = call.world.nodes.get(id);
    if (node === undefined) continue;
    if (isSearchable(node)) found.push(id);
    visited += 1;
    if (visited + waiting.length > 4 * FEW) return null;
    waiting.push(...below(node));
  }
  return found;
}

function below(node: Node): readonly string[] {
  if (node.kind === 'database') return node.dataSources;
  return node.kind === 'data_source' ? node.rows : node.children;
}

function inOrder(
  call: Call,
  ids: Iterable<string>,
  oldestFirst: boolean,
  after: number | undefined,
): [number, string][] {
  const edits = call.world.edits.get(call.caller.workspaceId);
  const numbered = [...new Set(ids)].map((id): [number, string] => [edits?.numberOf(id) ?? 0, id]);
  const rest = numbered.filter(([number]) => after === undefined || (oldestFirst ? number > after : number < after));
  return rest.sort(([a], [b]) => (oldestFirst ? a - b : b - a));
}
