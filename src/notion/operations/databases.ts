import type { OperationRow } from '../operation-row.ts';

const database = { at: 'path.database_id', kind: 'database' } as const;
const parents = [
  { at: 'body.parent.page_id', kind: 'page' },
  { at: 'body.parent.workspace', kind: 'workspace' },
] as const;
const parentPlaces = parents.map(parent => parent.at);

// `properties` is the schema, which stood here before data sources came (up to 2022-06-28).
const keys = ['parent', 'title', 'description', 'is_inline', 'icon', 'cover', 'properties'];

/** Databases. https://developers.notion.com/reference/database */
export const databaseRows: readonly OperationRow[] = [
  {
    name: 'databases.create',
    method: 'POST',
    path: '/v1/databases',
    effect: 'write',
    locators: parents.map(parent => ({ ...parent, actions: ['manage'] })),
    needs: [{ anyOf: parentPlaces }],
    query: [],
    body: [...keys, 'initial_data_source'],
    response: { readAction: 'read', rewriteUrls: true, list: { at: 'data_sources', kind: 'data_source' } },
  },
  {
    name: 'databases.get',
    method: 'GET',
    path: '/v1/databases/:database_id',
    effect: 'read',
    locators: [{ ...database, actions: ['read'] }],
    query: [],
    response: { readAction: 'read', rewriteUrls: true, list: { at: 'data_sources', kind: 'data_source' } },
  },
  {
    name: 'databases.update',
    method: 'PATCH',
    path: '/v1/databases/:database_id',
    effect: 'write',
    locators: [
      { ...database, actions: ['manage'] },
      ...parents.map(parent => ({ ...parent, actions: ['create'] as const })),
    ],
    needs: [{ onlyIf: 'body.parent', anyOf: parentPlaces }],
    escalations: [
      {
        at: 'parent',
        when: 'present',
        actions: ['move'],
        on: database.at,
        care: { fresh: true, alsoParent: true, movesUnder: parentPlaces },
      },
      { at: 'in_trash', when: 'present', actions: ['delete'], on: database.at, care: { fresh: true } },
      { at: 'archived', when: 'present', actions: ['delete'], on: database.at, care: { fresh: true } },
      // A dropped column takes the values in it along.
      { at: 'properties.*', when: 'null', actions: ['delete'], on: database.at },
    ],
    query: [],
    body: [...keys, 'is_locked', 'in_trash', 'archived'],
    writes: ['properties'],
    response: { readAction: 'read', rewriteUrls: true, list: { at: 'data_sources', kind: 'data_source' } },
  },
  {
    name: 'databases.query',
    method: 'POST',
    path: '/v1/databases/:database_id/query',
    until: '2022-06-28',
    effect: 'read',
    locators: [{ ...database, actions: ['read'] }],
    query: ['filter_properties'],
    body: ['sorts', 'filter', 'start_cursor', 'page_size', 'in_trash', 'archived'],
    response: { readAction: 'read', rewriteUrls: true, list: { paged: 'body' } },
  },
];
