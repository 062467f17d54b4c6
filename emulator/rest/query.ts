import { bodyPaging, invalidCursor, openCursor, PAGE_SIZE_MAX, type Paging, sealCursor } from '../http/pagination.ts';
import type { Call } from '../http/route.ts';
import { absent, anything, boolean, object, oneOf, optional, type Read, type Shape } from '../http/shape.ts';
import { DATA_SOURCES_SINCE, IN_TRASH_SINCE, isSince, type Version } from '../http/versions.ts';
import type { DataSourceNode, PageNode } from '../world/records.ts';
import { compileFilter } from './query-filter.ts';
import { compileSorts, sortsInput } from './query-sort.ts';

export const queryBody = (version: Version) =>
  object({
    ...bodyPaging,
    filter: optional(anything),
    sorts: optional(sortsInput),
    in_trash: optional(boolean),
    archived: isSince(version, IN_TRASH_SINCE) ? absent : optional(boolean),
    result_type: isSince(version, DATA_SOURCES_SINCE)
      ? optional(oneOf('page', 'data_source'))
      : (absent as Shape<'page' | 'data_source' | undefined>),
  });
export type Query = Read<ReturnType<typeof queryBody>>;

/** A query ends here even if more rows match; the answer then says that it is incomplete. */
const QUERY_ROWS_MAX = 10_000;

export interface QueryResult {
  readonly items: PageNode[];
  readonly nextCursor: string | null;
  /** Since 2025-09-03 an answer that hit the cap says so. */
  readonly status: { request_status?: { type: 'incomplete'; incomplete_reason: 'query_result_limit_reached' } };
}

/** The rows that match, one page of them. Without filter and sort only the rows of the page are looked at. */
export function queryRows(call: Call, source: DataSourceNode, query: Query): QueryResult {
  const matches = compileFilter(call, source, query.filter);
  const trash = query.in_trash ?? query.archived ?? false;
  const accepts = (page: PageNode) => page.inTrash === trash && matches(page);
  if (query.result_type === 'data_source') return { items: [], nextCursor: null, status: {} };
  if (query.sorts === undefined || query.sorts.length === 0) return newestFirst(call, source, accepts, query);
  const compare = compileSorts(call, source, query.sorts);
  const rows = rowsOf(call, source).filter(accepts).sort(compare);
  return slice(rows, query);
}

export function rowsOf(call: Call, source: DataSourceNode): PageNode[] {
  return source.rows.flatMap(id => {
    const row = call.world.nodes.get(id);
    return row?.kind === 'page' ? [row] : [];
  });
}

/** Notion's order without sorts: the newest row first. The cursor carries how far the walk had come. */
function newestFirst(
  call: Call,
  source: DataSourceNode,
  accepts: (page: PageNode) => boolean,
  paging: Paging,
): QueryResult {
  const size = paging.page_size ?? PAGE_SIZE_MAX;
  const { index: start, seen } = position(source, paging.start_cursor);
  const items: PageNode[] = [];
  for (let index = start; index >= 0; index -= 1) {
    const row = call.world.nodes.get(source.rows[index] ?? '');
    if (row?.kind !== 'page' || !accepts(row)) continue;
    if (seen + items.length >= QUERY_ROWS_MAX) return capped(items);
    if (items.length === size)
      return { items, nextCursor: sealCursor(`${row.id}/${index}/${seen + size}`), status: {} };
    items.push(row);
  }
  return { items, nextCursor: null, status: {} };
}

/** Rows move when others are removed: the id decides, the index only says where to look first. */
function position(source: DataSourceNode, cursor: string | undefined): { index: number; seen: number } {
  if (cursor === undefined) return { index: source.rows.length - 1, seen: 0 };
  const [id = '', hint = '', seen = ''] = openCursor(cursor).split('/');
  const index = source.rows[Number(hint)] === id ? Number(hint) : source.rows.indexOf(id);
  if (index < 0) throw invalidCursor(cursor);
  return { index, seen: Number(seen) };
}

function slice(rows: PageNode[], paging: Paging): QueryResult {
  const size = paging.page_size ?? PAGE_SIZE_MAX;
  const cursor = paging.start_cursor;
  const start = cursor === undefined ? 0 : rows.findIndex(row => row.id === openCursor(cursor));
  if (start < 0) throw invalidCursor(cursor ?? '');
  const items = rows.slice(start, Math.min(start + size, QUERY_ROWS_MAX));
  const next = rows[start + size];
  if (next === undefined) return { items, nextCursor: null, status: {} };
  return start + size >= QUERY_ROWS_MAX ? capped(items) : { items, nextCursor: sealCursor(next.id), status: {} };
}

function capped(items: PageNode[]): QueryResult {
  const status = { type: 'incomplete', incomplete_reason: 'query_result_limit_reached' } as const;
  return { items, nextCursor: null, status: { request_status: status } };
}
