import { z } from 'zod';
import { invalid } from '../../http/errors.ts';
import { listOf, pageOf } from '../../http/pagination.ts';
import type { Call } from '../../http/route.ts';
import { findDataSource } from '../../rest/lookup.ts';
import { type QueryResult, queryRows } from '../../rest/query.ts';
import { sortsInput } from '../../rest/query-sort.ts';
import { findView } from '../../rest/views.ts';
import type { DataSourceNode } from '../../world/records.ts';
import { idOf, readReference } from '../reference.ts';
import { rest } from '../rest-call.ts';
import { type Row, rowCells, runSql } from '../text/row-tables.ts';
import { READ, type Tool, tool } from './tool.ts';

const fields = {
  mode: z.enum(['sql', 'view', 'rows']).optional(),
  data_source_urls: z.array(z.string()).optional(),
  query: z.string().optional().describe('SELECT … FROM "collection://…"'),
  params: z.array(z.union([z.string(), z.number(), z.null()])).optional(),
  view_url: z.string().optional(),
  start_cursor: z.string().optional(),
  page_size: z.number().int().min(1).max(100).optional(),
};
const flat = z.object(fields);
const input = flat.extend({ data: flat.optional() });
type Query = z.infer<typeof flat>;

const description =
  'Query data sources: with SQL over tables named by their collection:// URLs, by one of their views, or for all rows.';

export const queryTools: readonly Tool[] = [
  tool('notion-query-data-sources', {
    title: 'Query data sources',
    description,
    annotations: READ,
    input,
    aliases: ['notion-query-multiple-data-sources'],
    run: (call, { data, ...rest }) => answer(call, data ?? rest),
  }),
  tool('notion-query-meeting-notes', {
    title: 'Query meeting notes',
    description: "The person's meeting notes.",
    annotations: READ,
    input: z.object({ filter: z.record(z.string(), z.unknown()).optional() }),
    run: (call, body) => rest(call, 'POST', '/v1/blocks/meeting_notes/query', { body }),
  }),
];

function answer(call: Call, query: Query): object {
  if (query.view_url !== undefined) return paged(viewRows(call, query.view_url), query);
  if (query.query === undefined) return paged(allRows(call, query), query);
  // Every table that the text names must be readable, whether or not it is in the list beside it.
  const named = [...query.query.matchAll(/collection:\/\/[0-9a-f-]{32,36}/gi)].map(([url]) => url);
  const ids = new Set([...(query.data_source_urls ?? []), ...named].map(idOf));
  const sources = [...ids].map(id => findDataSource(call, id));
  if (sources.length === 0) throw invalid('Name at least one data source in data_source_urls or in the query');
  return { results: runSql(call, sources, query.query, query.params ?? []), has_more: false };
}

function allRows(call: Call, { data_source_urls: urls = [] }: Query): Row[] {
  const [url, ...others] = urls;
  if (url === undefined || others.length > 0) throw invalid('Without a query exactly one data source can be read');
  return rowsIn(call, findDataSource(call, idOf(url)), {});
}

function viewRows(call: Call, url: string): Row[] {
  const reference = readReference(url);
  const inAddress = /[?&]v=([0-9a-f]{32})/i.exec(url)?.[1];
  const view = findView(call, idOf(inAddress ?? (reference?.kind === 'view' ? url : '')));
  const rules = {
    ...(view.filter === null ? {} : { filter: view.filter }),
    ...(view.sorts === null ? {} : { sorts: sortsInput.read(view.sorts, 'sorts') }),
  };
  return rowsIn(call, findDataSource(call, view.dataSourceId), rules);
}

function rowsIn(call: Call, source: DataSourceNode, rules: Parameters<typeof queryRows>[2]): Row[] {
  const rows: Row[] = [];
  for (let paging: { start_cursor?: string } | null = {}; paging !== null; ) {
    const found: QueryResult = queryRows(call, source, { ...rules, ...paging });
    rows.push(...found.items.map(page => rowCells(call, source, page)));
    paging = found.nextCursor === null ? null : { start_cursor: found.nextCursor };
  }
  return rows;
}

function paged(rows: readonly Row[], paging: Query): object {
  const page = pageOf(
    rows.map(row => ({ id: String(row.url), row })),
    paging,
  );
  const { results, has_more, next_cursor } = listOf(
    'page',
    page.items.map(({ row }) => row),
    page.nextCursor,
  );
  return { results, has_more, next_cursor };
}
