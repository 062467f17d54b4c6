import type {
  CreateViewResponse,
  DataSourceViewObjectResponse,
  PartialDataSourceViewObjectResponse,
} from '@notionhq/client';
import { offsetTime } from '../clock.ts';
import { invalid } from '../http/errors.ts';
import { listOf, pageOf, queryPaging } from '../http/pagination.ts';
import { type Call, type Route, route } from '../http/route.ts';
import {
  anything,
  looseObject,
  nullable,
  number,
  object,
  oneOf,
  optional,
  type Read,
  record,
  string,
  union,
  uuid,
} from '../http/shape.ts';
import type { DatabaseNode, DataSourceNode, View } from '../world/records.ts';
import { announce } from '../world/world.ts';
import { databaseUrl } from './database-object.ts';
import { addDatabase } from './databases.ts';
import { findDatabase, findDataSource, findPage, notFound, visibleNode } from './lookup.ts';
import { compileFilter } from './query-filter.ts';
import { compileSorts, sortsInput } from './query-sort.ts';
import { partialUser } from './user-object.ts';
import { addView } from './view-writes.ts';

/** Every type of view that Notion has. */
export const VIEW_TYPES = [
  'table',
  'board',
  'list',
  'calendar',
  'timeline',
  'gallery',
  'form',
  'chart',
  'map',
  'dashboard',
] as const;
const viewId = object({ view_id: uuid });
const typed = looseObject({ type: oneOf(...VIEW_TYPES) });
/** Configurations have some hundred optional fields; their type is checked and the rest kept as it came. */
const configuration = {
  read: (value: unknown, path: string) => ({ ...record(anything).read(value, path), ...typed.read(value, path) }),
};

const creation = object({
  data_source_id: uuid,
  name: string(),
  type: oneOf(...VIEW_TYPES),
  database_id: optional(uuid),
  view_id: optional(uuid),
  create_database: optional(
    object({
      parent: object({ type: optional(oneOf('page_id')), page_id: uuid }),
      position: optional(object({ type: oneOf('after_block'), block_id: uuid })),
    }),
  ),
  filter: optional(record(anything)),
  sorts: optional(sortsInput),
  quick_filters: optional(record(anything)),
  configuration: optional(configuration),
  position: optional(
    union(
      object({ type: oneOf('start') }),
      object({ type: oneOf('end') }),
      object({ type: oneOf('after_view'), view_id: uuid }),
    ),
  ),
  placement: optional(
    union(
      object({ type: oneOf('new_row'), row_index: optional(number) }),
      object({ type: oneOf('existing_row'), row_index: number }),
    ),
  ),
});
type Creation = Read<typeof creation>;

const update = object({
  name: optional(string()),
  filter: optional(nullable(record(anything))),
  sorts: optional(nullable(sortsInput)),
  quick_filters: optional(nullable(record(nullable(anything)))),
  configuration: optional(configuration),
});

export const viewRoutes: readonly Route[] = [
  route('GET', '/v1/views', {
    needs: 'read_content',
    query: looseObject({ ...queryPaging, database_id: optional(uuid), data_source_id: optional(uuid) }),
    handle(call, { query }) {
      const page = pageOf(viewsOf(call, query.database_id, query.data_source_id), query);
      return listOf(
        'view',
        page.items.map(view => ({ object: 'view' as const, id: view.id })),
        page.nextCursor,
      );
    },
  }),
  route('POST', '/v1/views', {
    needs: 'insert_content',
    body: creation,
    handle: (call, { body }) => viewAnswer(call, createView(call, body)),
  }),
  route('GET', '/v1/views/:view_id', {
    needs: 'read_content',
    params: viewId,
    handle: (call, { params }) => viewObject(findView(call, params.view_id)),
  }),
  route('PATCH', '/v1/views/:view_id', {
    needs: 'update_content',
    params: viewId,
    body: update,
    handle(call, { params, body }) {
      const view = findView(call, params.view_id);
      updateView(call, view, body);
      return viewAnswer(call, view);
    },
  }),
  route('DELETE', '/v1/views/:view_id', {
    needs: 'update_content',
    params: viewId,
    handle(call, { params }) {
      const view = findView(call, params.view_id);
      deleteView(call, view);
      return partialView(view);
    },
  }),
];

/** A view of a database that the caller sees. */
export function findView(call: Call, id: string): View {
  const view = call.world.views.get(id);
  if (view === undefined || visibleNode(call, view.databaseId) === null) throw notFound(call, 'view', id);
  return view;
}

function viewsOf(call: Call, databaseId: string | undefined, dataSourceId: string | undefined): View[] {
  if (databaseId !== undefined) {
    const views = findDatabase(call, databaseId).views.flatMap(id => call.world.views.get(id) ?? []);
    return dataSourceId === undefined ? views : views.filter(view => view.dataSourceId === dataSourceId);
  }
  if (dataSourceId === undefined) {
    throw invalid('query failed validation: query.database_id or query.data_source_id should be defined.');
  }
  const source = findDataSource(call, dataSourceId);
  return [...call.world.views.values()].filter(
    view => view.dataSourceId === source.id && visibleNode(call, view.databaseId) !== null,
  );
}

function viewAnswer(call: Call, view: View): CreateViewResponse {
  return call.caller.capabilities.read_content ? viewObject(view) : partialView(view);
}

function partialView(view: View): PartialDataSourceViewObjectResponse {
  return {
    object: 'view',
    id: view.id,
    parent: { type: 'database_id', database_id: view.databaseId },
    type: view.type,
  };
}

function viewObject(view: View): DataSourceViewObjectResponse {
  const hex = view.id.replaceAll('-', '');
  return {
    object: 'view',
    id: view.id,
    parent: { type: 'database_id', database_id: view.databaseId },
    name: view.name,
    type: view.type,
    created_time: offsetTime(view.createdAt),
    last_edited_time: offsetTime(view.editedAt),
    url: `${databaseUrl(view.databaseId)}?v=${hex}`,
    data_source_id: view.dataSourceId,
    created_by: partialUser(view.createdBy),
    last_edited_by: partialUser(view.editedBy),
    filter: view.filter as DataSourceViewObjectResponse['filter'] & object,
    sorts: view.sorts as DataSourceViewObjectResponse['sorts'] & object,
    quick_filters: view.quickFilters as DataSourceViewObjectResponse['quick_filters'] & object,
    configuration: view.configuration as DataSourceViewObjectResponse['configuration'] & object,
    ...(view.dashboardViewId === null ? {} : { dashboard_view_id: view.dashboardViewId }),
  };
}

/** A view goes into a database, onto a dashboard (another view), or into a new database made for it on a page. */
function createView(call: Call, body: Creation): View {
  const source = findDataSource(call, body.data_source_id);
  const dashboard = body.view_id === undefined ? null : findView(call, body.view_id);
  checkRules(call, source, body);
  const database = homeOf(call, body, dashboard);
  const at = body.position;
  const after = at?.type === 'after_view' ? database.views.indexOf(at.view_id) + 1 : database.views.length;
  return addView(
    call,
    database,
    source,
    {
      name: body.name,
      type: body.type,
      filter: body.filter ?? null,
      sorts: body.sorts ?? null,
      quickFilters: body.quick_filters ?? null,
      configuration: body.configuration ?? null,
      dashboardViewId: dashboard?.id ?? null,
    },
    at?.type === 'start' ? 0 : after,
  );
}

function homeOf(call: Call, body: Creation, dashboard: View | null): DatabaseNode {
  if (body.database_id !== undefined) return findDatabase(call, body.database_id);
  if (dashboard !== null) return findDatabase(call, dashboard.databaseId);
  if (body.create_database === undefined) {
    throw invalid(
      'body failed validation: one of body.database_id, body.view_id or body.create_database should be defined.',
    );
  }
  return addDatabase(call, findPage(call, body.create_database.parent.page_id), {});
}

/** Filters and sorts that name a property which does not exist are refused when the view is saved. */
function checkRules(call: Call, source: DataSourceNode, rules: Pick<Read<typeof update>, 'filter' | 'sorts'>): void {
  if (rules.filter) compileFilter(call, source, rules.filter);
  if (rules.sorts) compileSorts(call, source, rules.sorts);
}

function updateView(call: Call, view: View, body: Read<typeof update>): void {
  checkRules(call, findDataSource(call, view.dataSourceId), body);
  if (body.name !== undefined) view.name = body.name;
  if (body.filter !== undefined) view.filter = body.filter;
  if (body.sorts !== undefined) view.sorts = body.sorts;
  if (body.configuration !== undefined) view.configuration = body.configuration;
  if (body.quick_filters !== undefined) view.quickFilters = mergedFilters(view.quickFilters, body.quick_filters);
  view.editedAt = call.world.clock.now();
  view.editedBy = call.caller.botId;
  const fields = ['name', 'filter', 'sorts', 'configuration'].filter(field => field in body);
  announce(call.world, {
    ...event(call, view, 'view.updated'),
    data: { database_id: view.databaseId, updated_fields: fields },
  });
}

/** A quick filter of `null` is removed, the others stay; `null` for all of them removes them all. */
function mergedFilters(before: View['quickFilters'], change: Record<string, unknown> | null): View['quickFilters'] {
  if (change === null) return null;
  return Object.fromEntries(Object.entries({ ...before, ...change }).filter(([, filter]) => filter !== null));
}

function deleteView(call: Call, view: View): void {
  const database = findDatabase(call, view.databaseId);
  if (database.views.length === 1) throw invalid('The last view of a database cannot be deleted.');
  database.views.splice(database.views.indexOf(view.id), 1);
  call.world.views.delete(view.id);
  announce(call.world, event(call, view, 'view.deleted'));
}

function event(call: Call, view: View, type: string) {
  const data = { database_id: view.databaseId };
  return { type, workspaceId: view.workspaceId, id: view.id, by: call.caller.botId, data };
}
