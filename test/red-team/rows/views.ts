import { editor, keeper, type RowCase, rowCase, scout } from './row-case.ts';

const views = '/v1/views';
const view = (id: string) => `${views}/${id}`;
const table = (data_source_id: string, more: object) => ({ data_source_id, type: 'table', name: 'x', ...more });
const inside = (more: object) => table('{in.dataSource}', more);
const home = { database_id: '{in.database}' };
const newHome = (page_id: string, more: object = {}) => ({
  create_database: { parent: { type: 'page_id', page_id }, ...more },
});
const afterBlock = (block_id: string) => ({ position: { type: 'after_block', block_id } });
const afterView = (view_id: string) => ({ ...home, position: { type: 'after_view', view_id } });

export const viewCases: readonly RowCase[] = [
  rowCase(
    'views.list',
    'query.database_id',
    scout.get(`${views}?database_id={in.database}`),
    scout.get(`${views}?database_id={out.database}`),
  ),
  rowCase(
    'views.list',
    'query.data_source_id',
    scout.get(`${views}?data_source_id={in.dataSource}`),
    scout.get(`${views}?data_source_id={out.dataSource}`),
  ),
  rowCase(
    'views.create',
    'body.data_source_id',
    keeper.post(views, inside(home)),
    keeper.post(views, table('{out.dataSource}', home)),
  ),
  rowCase(
    'views.create',
    'body.database_id',
    keeper.post(views, inside(home)),
    keeper.post(views, inside({ database_id: '{out.database}' })),
  ),
  rowCase(
    'views.create',
    'body.view_id',
    keeper.post(views, inside({ view_id: '{in.view}' })),
    keeper.post(views, inside({ view_id: '{out.view}' })),
  ),
  rowCase(
    'views.create',
    'body.create_database.parent.page_id',
    keeper.post(views, inside(newHome('{in.page}'))),
    keeper.post(views, inside(newHome('{out.page}'))),
  ),
  rowCase(
    'views.create',
    'body.create_database.position.block_id',
    keeper.post(views, inside(newHome('{in.page}', afterBlock('{in.block}')))),
    keeper.post(views, inside(newHome('{in.page}', afterBlock('{out.block}')))),
  ),
  rowCase(
    'views.create',
    'body.position.view_id',
    keeper.post(views, inside(afterView('{in.view}'))),
    keeper.post(views, inside(afterView('{out.view}'))),
  ),
  rowCase(
    'views.create',
    'body.database_id for reading alone',
    keeper.post(views, inside(home)),
    editor.post(views, inside(home)),
    403,
  ),
  rowCase('views.get', 'path.view_id', scout.get(view('{in.view}')), scout.get(view('{out.view}'))),
  rowCase(
    'views.update',
    'path.view_id',
    keeper.patch(view('{new.view}'), { name: 'x' }),
    keeper.patch(view('{out.view}'), { name: 'x' }),
  ),
  rowCase('views.delete', 'path.view_id', keeper.remove(view('{new.view}')), keeper.remove(view('{out.view}'))),
  rowCase(
    'views.queries.create',
    'path.view_id',
    scout.post(`${view('{in.view}')}/queries`),
    scout.post(`${view('{out.view}')}/queries`),
  ),
  rowCase(
    'views.queries.get',
    'path.view_id',
    scout.get(`${view('{in.view}')}/queries/{mine.query}`),
    scout.get(`${view('{out.view}')}/queries/{mine.query}`),
  ),
  rowCase(
    'views.queries.get',
    'path.query_id',
    scout.get(`${view('{in.view}')}/queries/{mine.query}`),
    scout.get(`${view('{in.view}')}/queries/{out.query}`),
  ),
  rowCase(
    'views.queries.delete',
    'path.view_id',
    scout.remove(`${view('{in.view}')}/queries/{mine.query}`),
    scout.remove(`${view('{out.view}')}/queries/{mine.query}`),
  ),
  rowCase(
    'views.queries.delete',
    'path.query_id',
    scout.remove(`${view('{in.view}')}/queries/{mine.query}`),
    scout.remove(`${view('{in.view}')}/queries/{out.query}`),
  ),
];
