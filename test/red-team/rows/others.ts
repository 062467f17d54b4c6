import { admin, editor, keeper, nobody, type RowCase, reader, rowCase, scout, text, viewer } from './row-case.ts';

const comments = '/v1/comments';
const comment = (id: string) => `${comments}/${id}`;
const said = { rich_text: text('x') };
const onPage = (page_id: string) => ({ parent: { page_id }, ...said });
const onBlock = (block_id: string) => ({ parent: { block_id }, ...said });
const inDiscussion = (discussion_id: string) => ({ discussion_id, ...said });
const uploads = '/v1/file_uploads';
const upload = (id: string) => `${uploads}/${id}`;
const single = { mode: 'single_part', filename: 'x.txt', content_type: 'text/plain' };

export const otherCases: readonly RowCase[] = [
  rowCase(
    'comments.create',
    'body.parent.page_id',
    editor.post(comments, onPage('{in.page}')),
    editor.post(comments, onPage('{out.page}')),
  ),
  rowCase(
    'comments.create',
    'body.parent.block_id',
    editor.post(comments, onBlock('{in.block}')),
    editor.post(comments, onBlock('{out.block}')),
  ),
  rowCase(
    'comments.create',
    'body.discussion_id',
    editor.post(comments, inDiscussion('{in.discussion}')),
    editor.post(comments, inDiscussion('{out.discussion}')),
  ),
  rowCase(
    'comments.list',
    'query.block_id',
    viewer.get(`${comments}?block_id={in.page}`),
    viewer.get(`${comments}?block_id={out.page}`),
  ),
  rowCase('comments.get', 'path.comment_id', viewer.get(comment('{in.comment}')), viewer.get(comment('{out.comment}'))),
  // All callers share one bot at Notion, to which every comment that it wrote is its own.
  rowCase(
    'comments.update',
    'path.comment_id',
    editor.patch(comment('{mine.comment}'), said),
    editor.patch(comment('{in.comment}'), said),
  ),
  rowCase(
    'comments.delete',
    'path.comment_id',
    editor.remove(comment('{mine.comment}')),
    editor.remove(comment('{in.comment}')),
  ),

  rowCase('file_uploads.create', 'workspace', editor.post(uploads, single), scout.post(uploads, single), 403),
  // The editor has one whose name would show.
  rowCase('file_uploads.list', 'workspace', editor.get(uploads), keeper.get(uploads), 200),
  rowCase(
    'file_uploads.get',
    'path.file_upload_id',
    editor.get(upload('{mine.upload}')),
    editor.get(upload('{out.upload}')),
  ),
  rowCase(
    'file_uploads.send',
    'path.file_upload_id',
    { ...editor.post(`${upload('{mine.pending}')}/send`), form: 'x.txt' },
    { ...editor.post(`${upload('{out.upload}')}/send`), form: 'x.txt' },
  ),
  rowCase(
    'file_uploads.complete',
    'path.file_upload_id',
    editor.post(`${upload('{mine.parts}')}/complete`),
    editor.post(`${upload('{out.upload}')}/complete`),
  ),

  rowCase(
    'search',
    'workspace',
    scout.post('/v1/search', { query: 'open' }),
    scout.post('/v1/search', { query: 'zebra' }),
    200,
  ),
  rowCase('users.me', 'workspace', scout.get('/v1/users/me'), nobody.get('/v1/users/me'), 401),
  rowCase('users.get', 'path.user_id', viewer.get('/v1/users/{in.person}'), scout.get('/v1/users/{in.person}')),
  rowCase('users.list', 'workspace', viewer.get('/v1/users'), reader.get('/v1/users'), 403),
  rowCase('custom_emojis.list', 'workspace', scout.get('/v1/custom_emojis'), nobody.get('/v1/custom_emojis'), 401),
  rowCase(
    'async_tasks.get',
    'path.task_id',
    editor.get('/v1/async_tasks/{mine.task}'),
    editor.get('/v1/async_tasks/{out.task}'),
  ),
];

const link = (to: object) => ({ children: [{ type: 'link_to_page', link_to_page: to }] });
const synced = (block_id: string) => ({
  children: [{ type: 'synced_block', synced_block: { synced_from: { type: 'block_id', block_id } } }],
});
const mentions = (mention: object) => [{ type: 'mention', mention }];
const mentioning = (mention: object) => ({
  children: [{ type: 'paragraph', paragraph: { rich_text: mentions(mention) } }],
});
const pageMention = (id: string) => ({ type: 'page', page: { id } });
const databaseMention = (id: string) => ({ type: 'database', database: { id } });
const children = '/v1/blocks/{in.page}/children';
const page = { parent: { page_id: '{in.page}' }, properties: { title: { title: text('x') } } };
const inserted = (content: string) => ({ type: 'insert_content', insert_content: { content } });
const linkedTo = (page_id: string) => `<page url="https://www.notion.so/${page_id}"/>`;
const related = (id: string) => ({ properties: { Peers: { relation: [{ id }] } } });
const relating = (data_source_id: string) => ({
  properties: { Other: { relation: { data_source_id, type: 'single_property', single_property: {} } } },
});
const query = '/v1/data_sources/{in.dataSource}/query';
const relatedTo = (contains: string) => ({ filter: { property: 'Peers', relation: { contains } } });

/** What a body makes Notion look up besides: in every row that takes such a body. */
export const referenceCases: readonly RowCase[] = [
  ...['blocks.children.append', 'pages.create'].flatMap(row => {
    const sent = (more: object) =>
      row === 'pages.create' ? editor.post('/v1/pages', { ...page, ...more }) : editor.patch(children, more);
    const both = (at: string, of: (id: string) => object, inside: string, outside: string) =>
      rowCase(row, at, sent(of(inside)), sent(of(outside)));
    return [
      both('synced original', synced, '{in.synced}', '{out.synced}'),
      both('link to a page', id => link({ type: 'page_id', page_id: id }), '{in.child}', '{out.page}'),
      both(
        'link to a database',
        id => link({ type: 'database_id', database_id: id }),
        '{in.database}',
        '{out.database}',
      ),
      both('mention of a page', id => mentioning(pageMention(id)), '{in.child}', '{out.page}'),
      both('mention of a database', id => mentioning(databaseMention(id)), '{in.database}', '{out.database}'),
    ];
  }),
  rowCase(
    'pages.create',
    'Markdown',
    editor.post('/v1/pages', { ...page, markdown: linkedTo('{in.child.digits}') }),
    editor.post('/v1/pages', { ...page, markdown: linkedTo('{out.page.digits}') }),
  ),
  rowCase(
    'pages.markdown.update',
    'Markdown',
    editor.patch('/v1/pages/{new.page}/markdown', inserted(linkedTo('{in.child.digits}'))),
    editor.patch('/v1/pages/{new.page}/markdown', inserted(linkedTo('{out.page.digits}'))),
  ),
  rowCase(
    'pages.update',
    'relation target',
    editor.patch('/v1/pages/{in.row}', related('{in.row}')),
    editor.patch('/v1/pages/{in.row}', related('{out.row}')),
  ),
  rowCase(
    'data_sources.update',
    'relation column',
    keeper.patch('/v1/data_sources/{new.dataSource}', relating('{in.dataSource}')),
    keeper.patch('/v1/data_sources/{new.dataSource}', relating('{out.dataSource}')),
  ),
  rowCase(
    'data_sources.query',
    'relation filter',
    admin.post(query, relatedTo('{in.row}')),
    scout.post(query, relatedTo('{out.row}')),
  ),
  rowCase(
    'blocks.update',
    'mention of a page',
    editor.patch('/v1/blocks/{in.block}', { paragraph: { rich_text: mentions(pageMention('{in.child}')) } }),
    editor.patch('/v1/blocks/{in.block}', { paragraph: { rich_text: mentions(pageMention('{out.page}')) } }),
  ),
  rowCase(
    'comments.create',
    'mention of a page',
    editor.post(comments, { parent: { page_id: '{in.page}' }, rich_text: mentions(pageMention('{in.child}')) }),
    editor.post(comments, { parent: { page_id: '{in.page}' }, rich_text: mentions(pageMention('{out.page}')) }),
  ),
  rowCase(
    'comments.update',
    'mention of a page',
    editor.patch(comment('{mine.comment}'), { rich_text: mentions(pageMention('{in.child}')) }),
    editor.patch(comment('{mine.comment}'), { rich_text: mentions(pageMention('{out.page}')) }),
  ),
  rowCase(
    'comments.create',
    'attachment',
    editor.post(comments, { ...onPage('{in.page}'), attachments: [{ file_upload_id: '{mine.upload}' }] }),
    editor.post(comments, { ...onPage('{in.page}'), attachments: [{ file_upload_id: '{out.upload}' }] }),
  ),
];
