import { EVERY_PROPERTY, type Fixture } from './fixture.ts';

/** A request that works, for one row of the route table. */
export interface Example {
  /** As in the table: `GET /v1/pages/:page_id`. */
  readonly route: string;
  readonly path: (fixture: Fixture) => string;
  readonly body?: (fixture: Fixture) => object;
  /** The latest version if left out. */
  readonly version?: string;
  /** It names no object of a workspace, so there is nothing to be missing. */
  readonly lookup?: false;
  /** It takes no input, so there is nothing to get wrong. */
  readonly input?: false;
  readonly multipart?: true;
}

const text = (content: string) => [{ text: { content } }];

/** Every route has exactly one example, in the order in which they can run on one fixture: deletions come last. */
export const examples: readonly Example[] = [
  { route: 'GET /v1/users/me', path: () => '/v1/users/me', lookup: false, input: false },
  { route: 'GET /v1/users', path: () => '/v1/users?page_size=2', lookup: false },
  { route: 'GET /v1/users/:user_id', path: f => `/v1/users/${f.person}` },
  { route: 'POST /v1/search', path: () => '/v1/search', body: () => ({ query: 'a', page_size: 5 }), lookup: false },
  { route: 'GET /v1/pages/:page_id', path: f => `/v1/pages/${f.row}` },
  {
    route: 'POST /v1/pages',
    path: () => '/v1/pages',
    body: f => ({
      parent: { type: 'data_source_id', data_source_id: f.source },
      icon: { emoji: '🧪' },
      cover: { external: { url: 'https://pictures.example/cover.png' } },
      properties: {
        Name: { title: text('A new row') },
        Number: { number: 2 },
        Choice: { select: { name: 'A' } },
        Choices: { multi_select: [{ name: 'C' }, { name: 'D' }] },
        State: { status: { name: 'Done' } },
        When: { date: { start: '2026-11-21', end: '2026-11-22' } },
        Who: { people: [{ id: f.person }] },
        Files: { files: [{ name: 'x', external: { url: 'https://files.example/x' } }] },
        Done: { checkbox: true },
        Link: { url: 'https://example.com' },
        Mail: { email: 'a@example.com' },
        Phone: { phone_number: '1' },
      },
      children: [{ heading_1: { rich_text: text('Title') } }, { to_do: { rich_text: text('Do'), checked: true } }],
    }),
  },
  {
    route: 'PATCH /v1/pages/:page_id',
    path: f => `/v1/pages/${f.page}`,
    body: () => ({ properties: { title: { title: text('Renamed') } }, is_locked: false }),
  },
  {
    route: 'POST /v1/pages/:page_id/move',
    path: f => `/v1/pages/${f.otherPage}/move`,
    body: f => ({ parent: { page_id: f.page } }),
  },
  { route: 'GET /v1/pages/:page_id/properties/:property_id', path: f => `/v1/pages/${f.row}/properties/Text` },
  { route: 'GET /v1/pages/:page_id/markdown', path: f => `/v1/pages/${f.page}/markdown` },
  {
    route: 'PATCH /v1/pages/:page_id/markdown',
    path: f => `/v1/pages/${f.page}/markdown`,
    body: () => ({ type: 'insert_content', insert_content: { content: '- more' } }),
  },
  { route: 'GET /v1/blocks/:block_id', path: f => `/v1/blocks/${f.paragraph}` },
  {
    route: 'PATCH /v1/blocks/:block_id',
    path: f => `/v1/blocks/${f.paragraph}`,
    body: () => ({ paragraph: { rich_text: text('changed') } }),
  },
  { route: 'GET /v1/blocks/:block_id/children', path: f => `/v1/blocks/${f.page}/children?page_size=50` },
  {
    route: 'PATCH /v1/blocks/:block_id/children',
    path: f => `/v1/blocks/${f.page}/children`,
    body: f => ({
      position: { type: 'after_block', after_block: { id: f.paragraph } },
      children: EVERY_BLOCK,
    }),
  },
  {
    route: 'POST /v1/blocks/meeting_notes',
    path: () => '/v1/blocks/meeting_notes',
    body: f => ({
      source: { type: 'file_upload', file_upload_id: f.recording },
      parent: { type: 'page_id', page_id: f.page },
    }),
  },
  {
    route: 'POST /v1/blocks/meeting_notes/query',
    path: () => '/v1/blocks/meeting_notes/query',
    body: () => ({ limit: 5 }),
    lookup: false,
  },
  { route: 'GET /v1/databases/:database_id', path: f => `/v1/databases/${f.database}` },
  {
    route: 'POST /v1/databases',
    path: () => '/v1/databases',
    body: f => ({
      parent: { type: 'page_id', page_id: f.page },
      title: text('New'),
      initial_data_source: { properties: EVERY_PROPERTY },
    }),
  },
  {
    route: 'PATCH /v1/databases/:database_id',
    path: f => `/v1/databases/${f.database}`,
    body: () => ({ description: text('Described') }),
  },
  {
    route: 'POST /v1/databases/:database_id/query',
    path: f => `/v1/databases/${f.database}/query`,
    body: () => ({ page_size: 3 }),
    version: '2022-06-28',
  },
  { route: 'GET /v1/data_sources/:data_source_id', path: f => `/v1/data_sources/${f.source}` },
  {
    route: 'POST /v1/data_sources',
    path: () => '/v1/data_sources',
    body: f => ({ parent: { database_id: f.database }, properties: { Only: { title: {} } }, title: text('Second') }),
  },
  {
    route: 'PATCH /v1/data_sources/:data_source_id',
    path: f => `/v1/data_sources/${f.source}`,
    body: () => ({ properties: { Extra: { number: {} }, Phone: { name: 'Telephone' } } }),
  },
  {
    route: 'POST /v1/data_sources/:data_source_id/query',
    path: f => `/v1/data_sources/${f.source}/query`,
    body: () => ({
      filter: {
        or: [
          { property: 'Number', number: { greater_than: 0 } },
          { property: 'Done', checkbox: { equals: true } },
        ],
      },
      sorts: [{ property: 'Name', direction: 'ascending' }],
    }),
  },
  { route: 'GET /v1/data_sources/:data_source_id/templates', path: f => `/v1/data_sources/${f.source}/templates` },
  { route: 'GET /v1/views', path: f => `/v1/views?database_id=${f.database}` },
  {
    route: 'POST /v1/views',
    path: () => '/v1/views',
    body: f => ({
      data_source_id: f.source,
      database_id: f.database,
      name: 'List',
      type: 'list',
      configuration: { type: 'list' },
    }),
  },
  { route: 'GET /v1/views/:view_id', path: f => `/v1/views/${f.view}` },
  {
    route: 'PATCH /v1/views/:view_id',
    path: f => `/v1/views/${f.view}`,
    body: () => ({ name: 'Renamed', sorts: [{ property: 'Number', direction: 'descending' }] }),
  },
  {
    route: 'POST /v1/views/:view_id/queries',
    path: f => `/v1/views/${f.view}/queries`,
    body: () => ({ page_size: 1 }),
  },
  { route: 'GET /v1/views/:view_id/queries/:query_id', path: f => `/v1/views/${f.view}/queries/${f.viewQuery}` },
  { route: 'GET /v1/comments', path: f => `/v1/comments?block_id=${f.page}` },
  {
    route: 'POST /v1/comments',
    path: () => '/v1/comments',
    body: f => ({ parent: { page_id: f.page }, rich_text: text('Again'), display_name: { type: 'integration' } }),
  },
  { route: 'GET /v1/comments/:comment_id', path: f => `/v1/comments/${f.comment}` },
  {
    route: 'PATCH /v1/comments/:comment_id',
    path: f => `/v1/comments/${f.comment}`,
    body: () => ({ rich_text: text('Edited') }),
  },
  {
    route: 'POST /v1/file_uploads',
    path: () => '/v1/file_uploads',
    body: () => ({ mode: 'multi_part', filename: 'big.bin', number_of_parts: 2 }),
    lookup: false,
  },
  { route: 'GET /v1/file_uploads', path: () => '/v1/file_uploads?status=pending', lookup: false },
  { route: 'GET /v1/file_uploads/:file_upload_id', path: f => `/v1/file_uploads/${f.upload}` },
  {
    route: 'POST /v1/file_uploads/:file_upload_id/send',
    path: f => `/v1/file_uploads/${f.upload}/send`,
    multipart: true,
  },
  {
    route: 'POST /v1/file_uploads/:file_upload_id/complete',
    path: f => `/v1/file_uploads/${f.parts}/complete`,
    body: () => ({}),
  },
  { route: 'GET /v1/custom_emojis', path: () => '/v1/custom_emojis', lookup: false },
  { route: 'GET /v1/async_tasks/:task_id', path: f => `/v1/async_tasks/${f.task}`, input: false },
  { route: 'DELETE /v1/comments/:comment_id', path: f => `/v1/comments/${f.comment}` },
  {
    route: 'DELETE /v1/views/:view_id/queries/:query_id',
    path: f => `/v1/views/${f.view}/queries/${f.viewQuery}`,
  },
  { route: 'DELETE /v1/views/:view_id', path: f => `/v1/views/${f.view}` },
  { route: 'DELETE /v1/blocks/:block_id', path: f => `/v1/blocks/${f.page}` },
];

const paragraph = { paragraph: { rich_text: text('inside') } };

/** Every block type that can be written. */
const EVERY_BLOCK: readonly object[] = [
  {
    paragraph: {
      rich_text: [{ text: { content: 'a', link: { url: 'https://example.com' } }, annotations: { bold: true } }],
    },
  },
  { heading_1: { rich_text: text('1') } },
  { heading_2: { rich_text: text('2'), is_toggleable: true, children: [paragraph] } },
  { heading_3: { rich_text: text('3') } },
  { bulleted_list_item: { rich_text: text('b'), children: [paragraph] } },
  { numbered_list_item: { rich_text: text('n') } },
  { quote: { rich_text: text('q') } },
  { to_do: { rich_text: text('t') } },
  { toggle: { rich_text: text('g'), children: [paragraph] } },
  { callout: { rich_text: text('c'), icon: { emoji: '💡' } } },
  { synced_block: { synced_from: null, children: [paragraph] } },
  { code: { rich_text: text('x = 1'), language: 'python' } },
  { equation: { expression: 'e=mc^2' } },
  { divider: {} },
  { breadcrumb: {} },
  { table_of_contents: {} },
  { table: { table_width: 1, children: [{ table_row: { cells: [text('cell')] } }] } },
  { column_list: { children: [{ column: { children: [paragraph] } }, { column: { children: [paragraph] } }] } },
  { embed: { url: 'https://example.com' } },
  { bookmark: { url: 'https://example.com' } },
  { image: { external: { url: 'https://pictures.example/i.png' } } },
  { video: { external: { url: 'https://pictures.example/v.mp4' } } },
  { pdf: { external: { url: 'https://pictures.example/p.pdf' } } },
  { file: { external: { url: 'https://pictures.example/f.zip' }, name: 'f.zip' } },
  { audio: { external: { url: 'https://pictures.example/a.mp3' } } },
];
