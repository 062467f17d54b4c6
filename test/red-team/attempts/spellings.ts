import { type Attempt, get, mention, paragraph, patch, post, remove, text } from './attempt.ts';

const legacy = { 'notion-version': '2022-06-28' };
const older = { 'notion-version': '2025-09-03' };
const newest = { 'notion-version': '2026-03-11' };
const append = (of: Record<string, unknown>) => ({ children: [paragraph(mention(of))] });
const related = (id: string) => ({ properties: { Secret: { relation: [{ id }] } } });
const view = (more: object) => ({ data_source_id: '{in.dataSource}', type: 'table', name: 'x', ...more });

/** The same objects, as other clients and other versions of the API name them. All are refused. */
export const spelledOtherwise: readonly Attempt[] = [
  ...['digits', 'capitals'].flatMap(form => [
    get(`/v1/pages/{out.page.${form}}`),
    get(`/v1/blocks/{out.block.${form}}/children`),
    get(`/v1/blocks/{out.database.${form}}`),
    get(`/v1/comments?block_id={out.page.${form}}`),
    get(`/v1/pages/{out.block.${form}}/markdown`),
    get(`/v1/views?data_source_id={out.dataSource.${form}}`),
    post(`/v1/data_sources/{out.dataSource.${form}}/query`),
    post('/v1/pages/{in.child}/move', { parent: { type: 'page_id', page_id: `{out.page.${form}}` } }),
    patch('/v1/blocks/{in.page}/children', append({ type: 'page', page: { id: `{out.page.${form}}` } })),
    patch('/v1/pages/{in.row}', related(`{out.row.${form}}`)),
    post('/v1/comments', { discussion_id: `{out.discussion.${form}}`, rich_text: text('x') }),
    post('/v1/data_sources/{in.dataSource}/query', {
      filter: { property: 'Secret', relation: { contains: `{out.row.${form}}` } },
    }),
  ]),
  get('/v1/pages/A-title-{out.page.digits}'),
  get('/v1/pages/%7B{out.page}%7D'),
  get('/v1/pages/{out.page}/'),
  get('/v1/pages/{out.page}%20'),
  get('/v1/./pages/{out.page}'),
  get('/v1/pages/{in.page}/../{out.page}'),
  get('/v1/pages/{in.page}?page_id={out.page}'),
  get('/v1/blocks/{in.page}/children?block_id={out.page}'),
  get('/v1/blocks/{in.page}/children?start_cursor={out.block}'),
  get('/v1/comments?block_id={in.page}&start_cursor={out.comment}'),
  get('/v1/comments?block_id={in.page}&block_id={out.page}'),
  get('/v1/comments?block_id={out.page}&page_size=1'),
  post('/v1/search', { start_cursor: '{out.page}' }),
  post('/v1/pages', { parent: { page_id: '{in.page}', database_id: '{out.database}' }, properties: {} }),
  post('/v1/pages', { parent: { type: 'page_id', page_id: '{in.page}', data_source_id: '{out.dataSource}' } }),

  ...[legacy, older, newest].flatMap(version => [
    get('/v1/pages/{out.row}', version),
    get('/v1/databases/{out.database}', version),
    get('/v1/blocks/{out.page}/children', version),
    patch('/v1/pages/{out.page}', { archived: true }, version),
  ]),
  post('/v1/databases/{out.database}/query', {}, legacy),
  post('/v1/databases/{out.dataSource}/query', {}, legacy),
  post('/v1/pages', { parent: { database_id: '{out.database}' }, properties: {} }, legacy),

  ...[{ in_trash: true }, { in_trash: false }, { archived: false }, { is_archived: true }, { erase_content: true }].map(
    body => patch('/v1/pages/{out.page}', body),
  ),
  patch('/v1/blocks/{out.block}', { in_trash: true }),
  patch('/v1/blocks/{out.block}', { archived: true }, older),
  patch('/v1/blocks/{out.page}', { in_trash: true }),
  remove('/v1/blocks/{out.dataSource}'),
  patch('/v1/databases/{out.database}', { parent: { type: 'page_id', page_id: '{in.page}' } }),
  patch('/v1/databases/{out.database}', { archived: true }, older),
  patch('/v1/data_sources/{out.dataSource}', { in_trash: true }),
  patch('/v1/data_sources/{out.dataSource}', { parent: { type: 'database_id', database_id: '{in.database}' } }),
  patch('/v1/data_sources/{out.dataSource}', { properties: { Name: { name: 'x' } } }),
  post('/v1/data_sources', { parent: { type: 'database_id', database_id: '{out.database}' }, properties: {} }),
  post('/v1/databases', { parent: { type: 'page_id', page_id: '{out.page}' }, title: text('x') }),
  post('/v1/data_sources/{out.dataSource}/query', { in_trash: true }),
  post('/v1/data_sources/{out.dataSource}/query', { result_type: 'page' }),
  get('/v1/data_sources/{out.dataSource}/templates?name=zebra&page_size=1'),

  ...['replace_content', 'update_content', 'replace_content_range'].map(type =>
    patch('/v1/pages/{out.page}/markdown', { type, [type]: { new_str: 'x', content: 'x', content_updates: [] } }),
  ),
  post('/v1/blocks/meeting_notes', { source: { type: 'block', block_id: '{out.block}' } }),
  post('/v1/file_uploads/{out.upload}/complete'),
  post('/v1/views', view({ database_id: '{out.database}' })),
  post('/v1/views', view({ view_id: '{out.view}' })),
  post('/v1/views', view({ create_database: { parent: { type: 'page_id', page_id: '{out.page}' } } })),
  post('/v1/views', view({ database_id: '{in.database}', position: { type: 'after_view', view_id: '{out.view}' } })),
  get('/v1/views/{out.view}/queries/{out.page}'),
  get('/v1/views/{in.view}/queries/{out.page}'),
  get('/v1/async_tasks/{out.page}'),

  get('/v1/pages/{out.page}', { 'if-none-match': '*' }),
  get('/v1/pages/{out.page}', { 'if-modified-since': 'Tue, 01 Dec 2020 00:00:00 GMT' }),
  get('/v1/pages/{out.page}', { range: 'bytes=0-10', prefer: 'return=minimal' }),
];

const deep = { property: 'Secret', relation: { contains: '{out.row}' } };
const open = { property: 'Name', title: { contains: 'open' } };

/** Further references from within: deep in filters, in views, in links, by other kinds. */
export const referencedOtherwise: readonly Attempt[] = [
  ...[
    { or: [open, deep] },
    { and: [{ or: [open, { and: [deep] }] }] },
    { or: [{ property: 'Secret', relation: { does_not_contain: '{out.row}' } }] },
    { property: '{in.relationId}', relation: { contains: '{out.row}' } },
    { property: 'Secret', type: 'relation', relation: { contains: '{out.row}' } },
  ].map(filter => post('/v1/data_sources/{in.dataSource}/query', { filter })),
  post('/v1/views', view({ database_id: '{in.database}', filter: { or: [open, deep] } })),
  patch('/v1/views/{in.view}', { filter: deep }),
  patch('/v1/views/{in.view}', { quick_filters: { Secret: { relation: { contains: '{out.row}' } } } }),
  ...['page_id', 'database_id', 'block_id', 'comment_id'].map((type, index) =>
    patch('/v1/blocks/{in.page}/children', {
      children: [
        {
          type: 'link_to_page',
          link_to_page: { type, [type]: `{out.${['page', 'database', 'block', 'comment'][index]}}` },
        },
      ],
    }),
  ),
  ...['embed', 'bookmark'].map(type =>
    patch('/v1/blocks/{in.page}/children', { children: [{ type, [type]: { url: '{out.page.link}' } }] }),
  ),
  patch('/v1/blocks/{in.page}/children', {
    children: [paragraph([{ type: 'text', text: { content: 'x', link: { url: '{out.page.link}' } } }])],
  }),
  patch('/v1/pages/{in.page}', { icon: { type: 'external', external: { url: '{out.page.link}' } } }),
  post('/v1/pages', { parent: { page_id: '{in.page}' }, markdown: '<page url="{out.page.link}">x</page>' }),
  post('/v1/comments', { parent: { page_id: '{in.page}' }, markdown: '<mention-page url="{out.page.link}"/>' }),
  post('/v1/comments', {
    parent: { page_id: '{in.page}' },
    rich_text: text('x'),
    attachments: [{ file_upload_id: '{out.upload}' }],
  }),
  patch('/v1/data_sources/{in.dataSource}', {
    properties: {
      Other: { relation: { data_source_id: '{out.dataSource}', type: 'single_property', single_property: {} } },
    },
  }),
];
