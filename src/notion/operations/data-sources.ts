import type { OperationRow } from '../operation-row.ts';

const dataSource = { at: 'path.data_source_id', kind: 'data_source' } as const;

/** Data sources: the tables in a database. https://developers.notion.com/reference/data-source */
export const dataSourceRows: readonly OperationRow[] = [
  {
    name: 'data_sources.create',
    method: 'POST',
    path: '/v1/data_sources',
    since: '2025-09-03',
    effect: 'write',
    locators: [{ at: 'body.parent.database_id', kind: 'database', actions: ['manage'] }],
    needs: [{ anyOf: ['body.parent.database_id'] }],
    query: [],
    body: ['parent', 'properties', 'title', 'icon'],
    response: { readAction: 'read', rewriteUrls: true },
  },
  {
    name: 'data_sources.get',
    method: 'GET',
    path: '/v1/data_sources/:data_source_id',
    since: '2025-09-03',
    effect: 'read',
    locators: [{ ...dataSource, actions: ['read'] }],
    query: [],
    response: { readAction: 'read', rewriteUrls: true },
  },
  {
    name: 'data_sources.update',
    method: 'PATCH',
    path: '/v1/data_sources/:data_source_id',
    since: '2025-09-03',
    effect: 'write',
    locators: [
      { ...dataSource, actions: ['manage'] },
      { at: 'body.parent.database_id', kind: 'database', actions: ['create'] },
    ],
    needs: [{ onlyIf: 'body.parent', anyOf: ['body.parent.database_id'] }],
    escalations: [
      {
        at: 'parent',
        when: 'present',
        actions: ['move'],
        on: dataSource.at,
        care: { fresh: true, alsoParent: true, movesUnder: ['body.parent.database_id'] },
      },
      { at: 'in_trash', when: 'present', actions: ['delete'], on: dataSource.at, care: { fresh: true } },
      { at: 'archived', when: 'present', actions: ['delete'], on: dataSource.at, care: { fresh: true } },
      // A dropped column takes the values in it along.
      { at: 'properties.*', when: 'null', actions: ['delete'], on: dataSource.at },
    ],
    query: [],
    body: ['title', 'icon', 'properties', 'in_trash', 'archived', 'parent'],
    writes: ['properties'],
    response: { readAction: 'read', rewriteUrls: true },
  },
  {
    name: 'data_sources.query',
    method: 'POST',
    path: '/v1/data_sources/:data_source_id/query',
    since: '2025-09-03',
    effect: 'read',
    locators: [{ ...dataSource, actions: ['read'] }],
    query: ['filter_properties'],
    body: ['sorts', 'filter', 'start_cursor', 'page_size', 'in_trash', 'archived', 'result_type'],
    response: { readAction: 'read', rewriteUrls: true, list: { paged: 'body' } },
  },
  {
    name: 'data_sources.templates.list',
    method: 'GET',
    path: '/v1/data_sources/:data_source_id/templates',
    since: '2025-09-03',
    effect: 'read',
    locators: [{ ...dataSource, actions: ['read'] }],
    query: ['name', 'start_cursor', 'page_size'],
    response: { readAction: 'read', list: { at: 'templates', kind: 'page', paged: 'query' } },
  },
];
