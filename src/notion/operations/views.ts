import type { OperationRow } from '../operation-row.ts';

const view = { at: 'path.view_id', kind: 'view' } as const;
const query = { at: 'path.query_id', kind: 'view_query', owned: true } as const;
const placement = ['body.database_id', 'body.view_id', 'body.create_database.parent.page_id'] as const;

/** Views of databases, and their cached queries. https://developers.notion.com/reference/view */
export const viewRows: readonly OperationRow[] = [
  {
    name: 'views.list',
    method: 'GET',
    path: '/v1/views',
    effect: 'read',
    locators: [
      { at: 'query.database_id', kind: 'database', actions: ['read'] },
      { at: 'query.data_source_id', kind: 'data_source', actions: ['read'] },
    ],
    needs: [{ anyOf: ['query.database_id', 'query.data_source_id'] }],
    query: ['database_id', 'data_source_id', 'start_cursor', 'page_size'],
    response: { readAction: 'read', rewriteUrls: true, list: { kind: 'view', paged: 'query', within: 'database' } },
  },
  {
    name: 'views.create',
    method: 'POST',
    path: '/v1/views',
    effect: 'write',
    // A view is managed where it is placed; of the data that it shows it takes reading only.
    locators: [
      { at: 'body.data_source_id', kind: 'data_source', actions: ['read'] },
      { at: 'body.database_id', kind: 'database', actions: ['manage'] },
      { at: 'body.view_id', kind: 'view', actions: ['manage'] },
      { at: 'body.create_database.parent.page_id', kind: 'page', actions: ['manage'] },
      { at: 'body.create_database.position.block_id', kind: 'block', actions: ['read'] },
      { at: 'body.position.view_id', kind: 'view', actions: ['read'] },
    ],
    needs: [
      { anyOf: ['body.data_source_id'] },
      { onlyIf: 'body.create_database', anyOf: ['body.create_database.parent.page_id'] },
    ],
    standIns: [{ unless: placement, actions: ['manage'], on: 'body.data_source_id' }],
    query: [],
    body: [
      ...['data_source_id', 'name', 'type', 'database_id', 'view_id', 'create_database', 'filter', 'sorts'],
      ...['quick_filters', 'configuration', 'position', 'placement'],
    ],
    response: { readAction: 'read', rewriteUrls: true },
  },
  {
    name: 'views.get',
    method: 'GET',
    path: '/v1/views/:view_id',
    effect: 'read',
    locators: [{ ...view, actions: ['read'] }],
    query: [],
    response: { readAction: 'read', rewriteUrls: true },
  },
  {
    name: 'views.update',
    method: 'PATCH',
    path: '/v1/views/:view_id',
    effect: 'write',
    locators: [{ ...view, actions: ['manage'] }],
    query: [],
    body: ['name', 'filter', 'sorts', 'quick_filters', 'configuration'],
    response: { readAction: 'read', rewriteUrls: true },
  },
  {
    name: 'views.delete',
    method: 'DELETE',
    path: '/v1/views/:view_id',
    effect: 'write',
    locators: [{ ...view, actions: ['manage', 'delete'] }],
    query: [],
    response: { readAction: 'read', rewriteUrls: true },
  },
  {
    name: 'views.queries.create',
    method: 'POST',
    path: '/v1/views/:view_id/queries',
    effect: 'write',
    locators: [{ ...view, actions: ['read'] }],
    query: [],
    body: ['page_size'],
    response: {
      readAction: 'read',
      rewriteUrls: true,
      binds: 'view_query',
      list: { kind: 'page', paged: 'body', furtherBelow: true },
    },
  },
  {
    name: 'views.queries.get',
    method: 'GET',
    path: '/v1/views/:view_id/queries/:query_id',
    effect: 'read',
    locators: [
      { ...view, actions: ['read'] },
      { ...query, actions: ['read'] },
    ],
    query: ['start_cursor', 'page_size'],
    response: { readAction: 'read', rewriteUrls: true, list: { kind: 'page', paged: 'query' } },
  },
  {
    name: 'views.queries.delete',
    method: 'DELETE',
    path: '/v1/views/:view_id/queries/:query_id',
    effect: 'write',
    locators: [
      { ...view, actions: ['read'] },
      { ...query, actions: ['read'] },
    ],
    query: [],
    response: { readAction: 'read', rewriteUrls: true },
  },
];
