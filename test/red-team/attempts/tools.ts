/** A call of a tool at the MCP door. */
export interface ToolAttempt {
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
}

const call = (tool: string, args: Readonly<Record<string, unknown>>): ToolAttempt => ({ tool, args });
const forms = ['{out.page}', '{out.page.digits}', '{out.page.capitals}', '{out.page.link}'];
const wrapped = (value: object) => [value, JSON.stringify(value), JSON.stringify(JSON.stringify(value))];
const properties = { title: 'taken' };

/** Each names something outside: refused, in the words in which a missing object is refused. */
export const toolsOutside: readonly ToolAttempt[] = [
  ...forms.flatMap(id => [call('notion-fetch', { id }), call('fetch', { id })]),
  ...['{out.block}', '{out.database}', '{out.dataSource}', '{out.row}'].map(id => call('notion-fetch', { id })),
  call('notion-fetch', { id: 'collection://{out.dataSource}' }),
  call('notion-fetch', { id: 'view://{out.view}' }),
  call('notion-fetch', { id: '{out.page}', include_discussions: true, include_transcript: true }),
  call('notion-get-comments', { page_id: '{out.page}' }),
  call('notion-search', { query: 'x', data_source_url: 'collection://{out.dataSource}' }),
  call('notion-query-data-sources', { data_source_urls: ['collection://{out.dataSource}'], mode: 'rows' }),
  call('notion-query-data-sources', { view_url: 'view://{out.view}', mode: 'view' }),
  ...wrapped({ page_id: '{out.page}' }).map(parent => call('notion-create-pages', { parent, pages: [{ properties }] })),
  ...wrapped({ data_source_id: '{out.dataSource}' }).map(parent =>
    call('notion-create-pages', { parent, pages: [{ properties }] }),
  ),
  call('notion-create-pages', { parent: { page_id: '{in.page}' }, pages: [{ properties, template_id: '{out.page}' }] }),
  call('notion-update-page', { page_id: '{out.page}', command: 'update_properties', properties }),
  call('notion-update-page', { page_id: '{out.page}', command: 'insert_content', content: 'taken' }),
  call('notion-update-page', { page_id: '{in.child}', command: 'apply_template', template_id: '{out.page}' }),
  call('notion-move-pages', { page_or_database_ids: ['{out.page}'], new_parent: { page_id: '{in.page}' } }),
  call('notion-move-pages', { page_or_database_ids: ['{in.child}'], new_parent: { page_id: '{out.page}' } }),
  call('notion-duplicate-page', { page_id: '{out.page}' }),
  call('notion-create-comment', { page_id: '{out.page}', rich_text: [{ text: { content: 'x' } }] }),
  call('notion-create-database', { parent: { page_id: '{out.page}' }, schema: 'CREATE TABLE ("Name" TITLE)' }),
  call('notion-update-data-source', { data_source_id: '{out.dataSource}', title: 'taken' }),
  call('notion-update-data-source', { data_source_id: '{out.dataSource}', in_trash: true }),
  call('notion-create-view', {
    data_source_id: '{out.dataSource}',
    database_id: '{in.database}',
    name: 'x',
    type: 'table',
  }),
  call('notion-update-view', { view_id: '{out.view}', name: 'taken' }),
  call('notion-get-async-task', { task_id: 'task_0000000000000000000000000000' }),
];

/** Each asks for what lies inside, or for a list. */
export const toolsInside: readonly ToolAttempt[] = [
  call('notion-fetch', { id: '{in.top}' }),
  call('notion-fetch', { id: '{in.page}' }),
  call('notion-fetch', { id: '{in.child}', include_discussions: true }),
  call('notion-fetch', { id: '{in.row}' }),
  call('notion-fetch', { id: '{in.database}' }),
  call('notion-fetch', { id: 'collection://{in.dataSource}' }),
  call('notion-fetch', { id: 'view://{in.foreignView}' }),
  call('notion-fetch', { id: 'self' }),
  call('notion-search', { query: 'zebra' }),
  call('notion-search', { query: 'zebra page', page_size: 1 }),
  call('notion-search', { query: '', page_size: 50 }),
  call('notion-search', { query: 'zebra', query_type: 'user' }),
  call('notion-search', { query: 'zebra', data_source_url: 'collection://{in.dataSource}' }),
  call('notion-query-data-sources', { data_source_urls: ['collection://{in.dataSource}'], mode: 'rows' }),
  call('notion-query-data-sources', { view_url: 'view://{in.view}', mode: 'view' }),
  call('notion-query-data-sources', { view_url: 'view://{in.foreignView}', mode: 'view' }),
  call('notion-get-comments', { page_id: '{in.page}', include_all_blocks: true }),
  call('notion-get-comments', {
    page_id: '{in.page}',
    discussion_id: 'discussion://{out.page}/{out.page}/{out.discussion}',
  }),
  call('notion-query-meeting-notes', {}),
  call('notion-get-users', {}),
  call('notion-get-teams', {}),
  call('notion-get-self', {}),
];
