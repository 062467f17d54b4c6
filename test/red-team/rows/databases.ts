import {
  admin,
  editor,
  keeper,
  legacyVersion,
  olderVersion,
  type RowCase,
  reader,
  rowCase,
  scout,
  text,
} from './row-case.ts';

const databases = '/v1/databases';
const sources = '/v1/data_sources';
const database = (id: string) => `${databases}/${id}`;
const source = (id: string) => `${sources}/${id}`;
const columns = { Name: { title: {} } };
const onPage = (page_id: string) => ({ parent: { type: 'page_id', page_id } });
const inWorkspace = { parent: { type: 'workspace', workspace: true } };
const withSource = { title: text('x'), initial_data_source: { properties: columns } };
const inDatabase = (database_id: string) => ({ parent: { type: 'database_id', database_id } });
const dropped = { properties: { Notes: null } };

export const databaseCases: readonly RowCase[] = [
  rowCase(
    'databases.create',
    'body.parent.page_id',
    keeper.post(databases, { ...onPage('{in.page}'), ...withSource }),
    keeper.post(databases, { ...onPage('{out.page}'), ...withSource }),
  ),
  rowCase(
    'databases.create',
    'body.parent.workspace',
    admin.post(databases, { ...inWorkspace, ...withSource }),
    keeper.post(databases, { ...inWorkspace, ...withSource }),
    403,
  ),
  rowCase(
    'databases.get',
    'path.database_id',
    scout.get(database('{in.database}')),
    scout.get(database('{out.database}')),
  ),
  rowCase(
    'databases.update',
    'path.database_id',
    keeper.patch(database('{new.database}'), { title: text('x') }),
    keeper.patch(database('{out.database}'), { title: text('x') }),
  ),
  rowCase(
    'databases.update',
    'body.parent.page_id',
    keeper.patch(database('{new.database}'), onPage('{in.child}')),
    keeper.patch(database('{new.database}'), onPage('{out.page}')),
  ),
  rowCase(
    'databases.update',
    'body.parent.workspace',
    admin.patch(database('{new.database}'), inWorkspace),
    keeper.patch(database('{new.database}'), inWorkspace),
    403,
  ),
  // A caller who may only read it learns what right is missing.
  rowCase(
    'databases.update',
    '!parent',
    keeper.patch(database('{new.database}'), onPage('{in.child}')),
    editor.patch(database('{new.database}'), onPage('{in.child}')),
    403,
  ),
  ...[
    { key: 'in_trash', options: {} },
    { key: 'archived', options: olderVersion },
  ].map(({ key, options }) =>
    rowCase(
      'databases.update',
      `!${key}`,
      keeper.patch(database('{new.database}'), { [key]: true }, options),
      editor.patch(database('{new.database}'), { [key]: true }, options),
      403,
    ),
  ),
  rowCase(
    'databases.update',
    '!properties.*',
    keeper.patch(database('{new.database}'), dropped, legacyVersion),
    editor.patch(database('{new.database}'), dropped, legacyVersion),
    403,
  ),
  rowCase(
    'databases.query',
    'path.database_id',
    reader.post(`${database('{in.database}')}/query`, {}, legacyVersion),
    reader.post(`${database('{out.database}')}/query`, {}, legacyVersion),
  ),

  rowCase(
    'data_sources.create',
    'body.parent.database_id',
    keeper.post(sources, { ...inDatabase('{new.database}'), properties: columns }),
    keeper.post(sources, { ...inDatabase('{out.database}'), properties: columns }),
  ),
  rowCase(
    'data_sources.get',
    'path.data_source_id',
    scout.get(source('{in.dataSource}')),
    scout.get(source('{out.dataSource}')),
  ),
  rowCase(
    'data_sources.update',
    'path.data_source_id',
    keeper.patch(source('{new.dataSource}'), { title: text('x') }),
    keeper.patch(source('{out.dataSource}'), { title: text('x') }),
  ),
  rowCase(
    'data_sources.update',
    'body.parent.database_id',
    keeper.patch(source('{new.dataSource}'), inDatabase('{in.database}')),
    keeper.patch(source('{new.dataSource}'), inDatabase('{out.database}')),
  ),
  rowCase(
    'data_sources.update',
    '!parent',
    keeper.patch(source('{new.dataSource}'), inDatabase('{in.database}')),
    editor.patch(source('{new.dataSource}'), inDatabase('{in.database}')),
    403,
  ),
  ...[
    { key: '!in_trash', body: { in_trash: true }, options: {} },
    { key: '!archived', body: { archived: true }, options: olderVersion },
    { key: '!properties.*', body: dropped, options: {} },
  ].map(({ key, body, options }) =>
    rowCase(
      'data_sources.update',
      key,
      keeper.patch(source('{new.dataSource}'), body, options),
      editor.patch(source('{new.dataSource}'), body, options),
      403,
    ),
  ),
  rowCase(
    'data_sources.query',
    'path.data_source_id',
    scout.post(`${source('{in.dataSource}')}/query`),
    scout.post(`${source('{out.dataSource}')}/query`),
  ),
  rowCase(
    'data_sources.templates.list',
    'path.data_source_id',
    scout.get(`${source('{in.dataSource}')}/templates`),
    scout.get(`${source('{out.dataSource}')}/templates`),
  ),
];
