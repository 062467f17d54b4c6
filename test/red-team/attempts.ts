/**
 * What an agent that may read one subtree tries in order to learn of, or change, what lies outside it. Data: a security
 * officer can read it, and a new endpoint gets a line.
 *
 * In paths and bodies `{out.page}` stands for an id outside the subtree, `{in.page}` for one inside.
 */
export interface Attempt {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
}

const get = (path: string): Attempt => ({ method: 'GET', path });
const post = (path: string, body: unknown = {}): Attempt => ({ method: 'POST', path, body });
const patch = (path: string, body: unknown): Attempt => ({ method: 'PATCH', path, body });
const remove = (path: string): Attempt => ({ method: 'DELETE', path });

const text = (content: string) => [{ type: 'text', text: { content } }];
const paragraph = (rich_text: unknown) => ({ object: 'block', type: 'paragraph', paragraph: { rich_text } });
const mention = (of: Record<string, unknown>) => [{ type: 'mention', mention: of }];

/** Each names something outside. All are refused, in the words in which a missing object is refused. */
export const namedOutside: readonly Attempt[] = [
  get('/v1/pages/{out.page}'),
  get('/v1/pages/{out.row}'),
  get('/v1/pages/{out.page}?filter_properties=title'),
  get('/v1/pages/{out.page}/properties/title'),
  get('/v1/pages/{out.row}/properties/title'),
  get('/v1/pages/{out.page}/markdown'),
  get('/v1/pages/{out.block}/markdown'),
  get('/v1/pages/{out.page}/markdown?include_transcript=true'),
  patch('/v1/pages/{out.page}', { properties: { title: { title: text('taken') } } }),
  patch('/v1/pages/{out.page}', { in_trash: true }),
  patch('/v1/pages/{out.page}', { archived: true }),
  patch('/v1/pages/{out.page}', { is_locked: true }),
  patch('/v1/pages/{out.page}/markdown', { type: 'insert_content', insert_content: { content: 'taken' } }),
  post('/v1/pages/{out.page}/move', { parent: { type: 'page_id', page_id: '{in.page}' } }),
  post('/v1/pages/{in.child}/move', { parent: { type: 'page_id', page_id: '{out.page}' } }),
  post('/v1/pages/{in.child}/move', { parent: { type: 'data_source_id', data_source_id: '{out.dataSource}' } }),
  post('/v1/pages', { parent: { page_id: '{out.page}' }, properties: { title: { title: text('x') } } }),
  post('/v1/pages', { parent: { data_source_id: '{out.dataSource}' }, properties: {} }),
  get('/v1/blocks/{out.page}'),
  get('/v1/blocks/{out.block}'),
  get('/v1/blocks/{out.deepBlock}'),
  get('/v1/blocks/{out.database}'),
  get('/v1/blocks/{out.page}/children'),
  get('/v1/blocks/{out.block}/children'),
  get('/v1/blocks/{out.page}/children?page_size=1'),
  patch('/v1/blocks/{out.block}', { paragraph: { rich_text: text('taken') } }),
  patch('/v1/blocks/{out.page}/children', { children: [paragraph(text('taken'))] }),
  remove('/v1/blocks/{out.page}'),
  remove('/v1/blocks/{out.block}'),
  remove('/v1/blocks/{out.database}'),
  get('/v1/databases/{out.database}'),
  patch('/v1/databases/{out.database}', { title: text('taken') }),
  patch('/v1/databases/{out.database}', { in_trash: true }),
  get('/v1/data_sources/{out.dataSource}'),
  get('/v1/data_sources/{out.dataSource}/templates'),
  patch('/v1/data_sources/{out.dataSource}', { title: text('taken') }),
  post('/v1/data_sources/{out.dataSource}/query'),
  post('/v1/data_sources/{out.dataSource}/query', { page_size: 1 }),
  post('/v1/data_sources/{out.dataSource}/query', { filter: { property: 'Name', title: { contains: 'zebra' } } }),
  post('/v1/data_sources/{out.dataSource}/query', { sorts: [{ timestamp: 'created_time', direction: 'descending' }] }),
  get('/v1/comments?block_id={out.page}'),
  get('/v1/comments?block_id={out.block}'),
  get('/v1/comments/{out.comment}'),
  post('/v1/comments', { parent: { page_id: '{out.page}' }, rich_text: text('x') }),
  post('/v1/comments', { parent: { block_id: '{out.block}' }, rich_text: text('x') }),
  post('/v1/comments', { discussion_id: '{out.discussion}', rich_text: text('x') }),
  patch('/v1/comments/{out.comment}', { rich_text: text('taken') }),
  remove('/v1/comments/{out.comment}'),
  get('/v1/views?database_id={out.database}'),
  get('/v1/views?data_source_id={out.dataSource}'),
  get('/v1/views/{out.view}'),
  patch('/v1/views/{out.view}', { name: 'taken' }),
  remove('/v1/views/{out.view}'),
  post('/v1/views/{out.view}/queries'),
  post('/v1/views', { data_source_id: '{out.dataSource}', database_id: '{in.database}', type: 'table', name: 'x' }),
  get('/v1/file_uploads/{out.upload}'),
];

/** Each names something outside from within the subtree: as a reference, a template, a position, a filter. */
export const referencedOutside: readonly Attempt[] = [
  patch('/v1/blocks/{in.page}/children', {
    children: [paragraph(mention({ type: 'page', page: { id: '{out.page}' } }))],
  }),
  patch('/v1/blocks/{in.page}/children', {
    children: [paragraph(mention({ type: 'database', database: { id: '{out.database}' } }))],
  }),
  patch('/v1/blocks/{in.page}/children', {
    children: [{ type: 'link_to_page', link_to_page: { type: 'page_id', page_id: '{out.page}' } }],
  }),
  patch('/v1/blocks/{in.page}/children', {
    children: [{ type: 'synced_block', synced_block: { synced_from: { type: 'block_id', block_id: '{out.synced}' } } }],
  }),
  patch('/v1/blocks/{in.page}/children', { children: [paragraph(text('x'))], after: '{out.block}' }),
  patch('/v1/blocks/{in.page}/children', {
    children: [{ type: 'bookmark', bookmark: { url: 'https://www.notion.so/{out.pageDigits}' } }],
  }),
  patch('/v1/pages/{in.page}/markdown', {
    type: 'insert_content',
    insert_content: { content: '<mention-page url="https://www.notion.so/{out.pageDigits}"/>' },
  }),
  patch('/v1/pages/{in.row}', { properties: { Secret: { relation: [{ id: '{out.row}' }] } } }),
  post('/v1/pages', {
    parent: { page_id: '{in.page}' },
    properties: { title: { title: text('x') } },
    template: { type: 'template_id', template_id: '{out.page}' },
  }),
  post('/v1/data_sources/{in.dataSource}/query', {
    filter: { property: 'Secret', relation: { contains: '{out.row}' } },
  }),
  post('/v1/comments', {
    parent: { page_id: '{in.page}' },
    rich_text: mention({ type: 'page', page: { id: '{out.page}' } }),
  }),
];

/** Each asks for what lies inside, or for a list, where something outside may shine through. */
export const readInside: readonly Attempt[] = [
  get('/v1/pages/{in.page}'),
  get('/v1/pages/{in.row}'),
  get('/v1/pages/{in.row}/properties/{in.relationId}'),
  get('/v1/pages/{in.row}/properties/{in.rollupId}'),
  get('/v1/pages/{in.page}/markdown'),
  get('/v1/blocks/{in.page}'),
  get('/v1/blocks/{in.page}/children'),
  get('/v1/blocks/{in.page}/children?page_size=1'),
  get('/v1/blocks/{in.syncedCopy}'),
  get('/v1/blocks/{in.syncedCopy}/children'),
  get('/v1/blocks/{in.linkBlock}'),
  get('/v1/databases/{in.database}'),
  get('/v1/data_sources/{in.dataSource}'),
  post('/v1/data_sources/{in.dataSource}/query'),
  post('/v1/data_sources/{in.dataSource}/query', { page_size: 1 }),
  post('/v1/data_sources/{in.dataSource}/query', { sorts: [{ property: 'Secret names', direction: 'ascending' }] }),
  post('/v1/data_sources/{in.dataSource}/query', {
    filter: { property: 'Secret names', rollup: { any: { title: { contains: 'zebra' } } } },
  }),
  post('/v1/data_sources/{in.dataSource}/query', { filter: { property: 'Secret', relation: { is_not_empty: true } } }),
  get('/v1/views?database_id={in.database}'),
  get('/v1/views?data_source_id={in.dataSource}'),
  get('/v1/comments?block_id={in.page}'),
  post('/v1/search'),
  post('/v1/search', { page_size: 1 }),
  post('/v1/search', { query: 'zebra' }),
  post('/v1/search', { query: 'Restricted' }),
  post('/v1/search', { filter: { property: 'object', value: 'data_source' } }),
  post('/v1/search', { sort: { timestamp: 'last_edited_time', direction: 'descending' } }),
  get('/v1/users'),
  get('/v1/file_uploads'),
  post('/v1/blocks/meeting_notes/query'),
];
