import type { DeletedViewQueryResponse, ViewQueryResponse } from '@notionhq/client';
import { bodyPaging, listOf, type Page, pagedQuery, pageOf } from '../http/pagination.ts';
import { type Call, type Route, route } from '../http/route.ts';
import { object, type Read, uuid } from '../http/shape.ts';
import type { View, ViewQuery } from '../world/records.ts';
import { findDataSource, notFound } from './lookup.ts';
import { rowsOf } from './query.ts';
import { compileFilter } from './query-filter.ts';
import { compileSorts, type sortsInput } from './query-sort.ts';
import { findView } from './views.ts';

/** A result is kept this long, as it was when it was made. */
const RESULT_LIFETIME_MS = 15 * 60_000;

const queryParams = object({ view_id: uuid, query_id: uuid });

export const viewQueryRoutes: readonly Route[] = [
  route('POST', '/v1/views/:view_id/queries', {
    needs: 'read_content',
    params: object({ view_id: uuid }),
    body: object({ page_size: bodyPaging.page_size }),
    handle(call, { params, body }) {
      const query = runView(call, findView(call, params.view_id));
      const page = pageOf(references(query), body);
      return queryObject(query, page);
    },
  }),
  route('GET', '/v1/views/:view_id/queries/:query_id', {
    needs: 'read_content',
    params: queryParams,
    query: pagedQuery,
    handle(call, { params, query }) {
      const page = pageOf(references(findQuery(call, params)), query);
      return listOf('page', page.items, page.nextCursor);
    },
  }),
  route('DELETE', '/v1/views/:view_id/queries/:query_id', {
    needs: 'read_content',
    params: queryParams,
    handle(call, { params }): DeletedViewQueryResponse {
      const query = findQuery(call, params);
      call.world.viewQueries.delete(query.id);
      return { object: 'view_query', id: query.id, deleted: true };
    },
  }),
];

function runView(call: Call, view: View): ViewQuery {
  const source = findDataSource(call, view.dataSourceId);
  const matches = compileFilter(call, source, view.filter ?? undefined);
  const rows = rowsOf(call, source).filter(row => !row.inTrash && matches(row));
  if (view.sorts !== null) rows.sort(compileSorts(call, source, view.sorts as Read<typeof sortsInput>));
  const query: ViewQuery = {
    id: call.world.ids.uuid(),
    viewId: view.id,
    botId: call.caller.botId,
    rowIds: rows.map(row => row.id),
    expiresAt: call.world.clock.now() + RESULT_LIFETIME_MS,
  };
  call.world.viewQueries.set(query.id, query);
  return query;
}

/** Results belong to the connection that asked for them. */
function findQuery(call: Call, params: Read<typeof queryParams>): ViewQuery {
  findView(call, params.view_id);
  const query = call.world.viewQueries.get(params.query_id);
  const usable = query !== undefined && query.viewId === params.view_id && query.botId === call.caller.botId;
  if (!usable || query.expiresAt <= call.world.clock.now()) throw notFound(call, 'view query', params.query_id);
  return query;
}

function references(query: ViewQuery): { object: 'page'; id: string }[] {
  return query.rowIds.map(id => ({ object: 'page', id }));
}

function queryObject(query: ViewQuery, page: Page<{ object: 'page'; id: string }>): ViewQueryResponse {
  return {
    object: 'view_query',
    id: query.id,
    view_id: query.viewId,
    expires_at: new Date(query.expiresAt).toISOString(),
    total_count: query.rowIds.length,
    results: page.items,
    next_cursor: page.nextCursor,
    has_more: page.nextCursor !== null,
  };
}
