import type { Client } from '@notionhq/client';

export const id = '0f1e2d3c-4b5a-4678-8a9b-0c1d2e3f4a5b';
export const other = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee';
export const uploadId = '11111111-2222-4333-8444-555555555555';
const userId = '99999999-8888-4777-8666-555555555555';

const rich = [{ text: { content: 'Hello', link: { url: 'https://example.com/' } } }];
const page_id = id;
const view_id = id;
const database_id = id;
const data_source_id = id;
const block_id = id;
const comment_id = id;
const file_upload_id = uploadId;

/** Everything that an ordinary program sends of a page: people, options, files, relations, every kind of value. */
const properties = {
  Name: { title: rich },
  'External id': { rich_text: [{ text: { content: other } }] },
  Website: { url: 'https://example.com/?id=0f1e2d3c4b5a46788a9b0c1d2e3f4a5b' },
  Owner: { people: [{ id: userId }, { object: 'group' as const, id: other }] },
  Stage: { select: { id: other } },
  Tags: { multi_select: [{ id: other }, { name: 'b' }] },
  State: { status: { name: other } },
  Files: { files: [{ name: 'a.txt', file_upload: { id: uploadId } }] },
  Parent: { relation: [{ id: other }] },
  Due: { date: { start: '2026-01-01' } },
  page: { number: 3 },
  Done: { checkbox: true },
  Mail: { email: 'a@example.com' },
  Phone: { phone_number: '+49 30 1' },
};

const children = [
  {
    paragraph: {
      rich_text: [
        { text: { content: other } },
        { mention: { user: { id: userId } } },
        { mention: { page: { id: other } } },
        { mention: { database: { id: other } } },
        { mention: { date: { start: '2026-01-01' } } },
        { mention: { custom_emoji: { id: other } } },
        { equation: { expression: 'e=mc^2' } },
      ],
    },
  },
  { image: { external: { url: 'https://example.com/a.png' } } },
  { image: { file_upload: { id: uploadId } } },
  { bookmark: { url: 'https://example.com/' } },
  { synced_block: { synced_from: { block_id: other } } },
  { link_to_page: { page_id: other } },
  { callout: { rich_text: rich, icon: { emoji: '💡' as const } } },
  { table: { table_width: 1, children: [{ table_row: { cells: [rich] } }] } },
  { divider: {} },
];

const schema = {
  Name: { title: {} },
  Stage: { select: { options: [{ name: 'a' }] } },
  Parent: { relation: { data_source_id: other, single_property: {} } },
  Sum: { rollup: { function: 'sum' as const, relation_property_id: other, rollup_property_id: other } },
  Half: { formula: { expression: 'prop("a") / 2' } },
};

const filter = {
  and: [
    { property: 'Owner', people: { contains: userId } },
    { property: 'External id', rich_text: { equals: other } },
    { property: 'Parent', relation: { contains: other } },
    {
      or: [
        { property: 'Stage', select: { equals: other } },
        { property: 'Done', checkbox: { equals: true } },
      ],
    },
  ],
};

type SdkCall = (notion: Client) => Promise<unknown>;

/** One ordinary call of each method of the official SDK that has a row, by the row's name. */
export const sdkCalls: Readonly<Record<string, readonly [row: string, call: SdkCall]>> = {
  'asyncTasks.retrieve': ['async_tasks.get', n => n.asyncTasks.retrieve({ task_id: 'task_01abcDEF' })],
  'blocks.retrieve': ['blocks.get', n => n.blocks.retrieve({ block_id })],
  'blocks.update': ['blocks.update', n => n.blocks.update({ block_id, paragraph: { rich_text: rich } })],
  'blocks.delete': ['blocks.delete', n => n.blocks.delete({ block_id })],
  'blocks.children.append': [
    'blocks.children.append',
    n =>
      n.blocks.children.append({ block_id, children, position: { type: 'after_block', after_block: { id: other } } }),
  ],
  'blocks.children.list': [
    'blocks.children.list',
    n => n.blocks.children.list({ block_id, start_cursor: other, page_size: 3 }),
  ],
  'blocks.meetingNotes.create': [
    'blocks.meeting_notes.create',
    n =>
      n.blocks.meetingNotes.create({
        source: { type: 'file_upload', file_upload_id },
        parent: { type: 'page_id', page_id },
        title: 'Weekly',
      }),
  ],
  'blocks.meetingNotes.query': [
    'blocks.meeting_notes.query',
    n =>
      n.blocks.meetingNotes.query({
        filter: {
          operator: 'and',
          filters: [
            {
              property: 'attendees',
              filter: {
                operator: 'person_contains',
                value: [{ type: 'exact', value: { table: 'notion_user', id: userId } }],
              },
            },
          ],
        },
      }),
  ],
  'databases.retrieve': ['databases.get', n => n.databases.retrieve({ database_id })],
  'databases.create': [
    'databases.create',
    n =>
      n.databases.create({
        parent: { type: 'page_id', page_id },
        title: rich,
        initial_data_source: { properties: schema },
        icon: { file_upload: { id: uploadId } },
      }),
  ],
  'databases.update': ['databases.update', n => n.databases.update({ database_id, title: rich })],
  'dataSources.retrieve': ['data_sources.get', n => n.dataSources.retrieve({ data_source_id })],
  'dataSources.query': [
    'data_sources.query',
    n =>
      n.dataSources.query({
        data_source_id,
        filter,
        sorts: [{ property: other, direction: 'ascending' }],
        filter_properties: ['title', 'a%3Ab'],
        start_cursor: other,
      }),
  ],
  'dataSources.create': [
    'data_sources.create',
    n => n.dataSources.create({ parent: { database_id }, properties: schema }),
  ],
  'dataSources.update': [
    'data_sources.update',
    n => n.dataSources.update({ data_source_id, title: rich, properties: { Old: null, Name: { name: 'New' } } }),
  ],
  'dataSources.listTemplates': [
    'data_sources.templates.list',
    n => n.dataSources.listTemplates({ data_source_id, name: 'a', page_size: 5 }),
  ],
  'pages.create': ['pages.create', n => n.pages.create({ parent: { data_source_id }, properties, children })],
  'pages.retrieve': ['pages.get', n => n.pages.retrieve({ page_id, filter_properties: ['title', 'x'] })],
  'pages.update': ['pages.update', n => n.pages.update({ page_id, properties, icon: { emoji: '🎉' } })],
  'pages.move': ['pages.move', n => n.pages.move({ page_id, parent: { page_id: other } })],
  'pages.properties.retrieve': [
    'pages.properties.get',
    n => n.pages.properties.retrieve({ page_id, property_id: '%3ANHe', page_size: 10 }),
  ],
  'pages.retrieveMarkdown': [
    'pages.markdown.get',
    n => n.pages.retrieveMarkdown({ page_id, include_transcript: true }),
  ],
  'pages.updateMarkdown': [
    'pages.markdown.update',
    n => n.pages.updateMarkdown({ page_id, type: 'insert_content', insert_content: { content: '# Hello' } }),
  ],
  'users.retrieve': ['users.get', n => n.users.retrieve({ user_id: userId })],
  'users.list': ['users.list', n => n.users.list({ page_size: 2 })],
  'users.me': ['users.me', n => n.users.me({})],
  'comments.create': [
    'comments.create',
    n =>
      n.comments.create({
        parent: { page_id },
        rich_text: rich,
        attachments: [{ file_upload_id, type: 'file_upload' }],
      }),
  ],
  'comments.list': ['comments.list', n => n.comments.list({ block_id })],
  'comments.retrieve': ['comments.get', n => n.comments.retrieve({ comment_id })],
  'comments.update': ['comments.update', n => n.comments.update({ comment_id, rich_text: rich })],
  'comments.delete': ['comments.delete', n => n.comments.delete({ comment_id })],
  'fileUploads.create': ['file_uploads.create', n => n.fileUploads.create({ mode: 'single_part', filename: 'a.txt' })],
  'fileUploads.retrieve': ['file_uploads.get', n => n.fileUploads.retrieve({ file_upload_id })],
  'fileUploads.list': ['file_uploads.list', n => n.fileUploads.list({ status: 'uploaded' })],
  'fileUploads.send': [
    'file_uploads.send',
    n => n.fileUploads.send({ file_upload_id, file: { filename: 'a.txt', data: new Blob(['hello']) } }),
  ],
  'fileUploads.complete': ['file_uploads.complete', n => n.fileUploads.complete({ file_upload_id })],
  'customEmojis.list': ['custom_emojis.list', n => n.customEmojis.list({ name: 'parrot' })],
  'views.create': [
    'views.create',
    n =>
      n.views.create({
        data_source_id,
        database_id,
        name: 'Board',
        type: 'board',
        configuration: { type: 'board', group_by: { type: 'select', property_id: other, sort: { type: 'manual' } } },
        position: { type: 'after_view', view_id: other },
      }),
  ],
  'views.retrieve': ['views.get', n => n.views.retrieve({ view_id })],
  'views.update': ['views.update', n => n.views.update({ view_id, name: 'Table' })],
  'views.delete': ['views.delete', n => n.views.delete({ view_id })],
  'views.list': ['views.list', n => n.views.list({ database_id })],
  'views.queries.create': ['views.queries.create', n => n.views.queries.create({ view_id, page_size: 5 })],
  'views.queries.results': ['views.queries.get', n => n.views.queries.results({ view_id, query_id: other })],
  'views.queries.delete': ['views.queries.delete', n => n.views.queries.delete({ view_id, query_id: other })],
  search: ['search', n => n.search({ query: other, filter: { property: 'object', value: 'page' } })],
};
