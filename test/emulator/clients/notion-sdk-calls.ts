import type { Client } from '@notionhq/client';
import type { Fixture } from '../../../emulator/conformance/fixture.ts';
import type { Emulator } from '../../../emulator/server.ts';

/** What the calls work on. */
export interface Stage {
  readonly notion: Client;
  readonly emulator: Emulator;
  /** One thing of each kind. */
  readonly fixture: Fixture;
  /** Page ids that calls may trash or move. */
  readonly spare: string;
  /** A code of a fresh consent, and where its person was sent back to. */
  readonly code: string;
  readonly redirectUri: string;
  /** A token that may be revoked. */
  readonly token: string;
}

const text = (content: string) => [{ text: { content } }];
const paragraph = { paragraph: { rich_text: text('from the client') } };
const client = ({ emulator }: Stage) => ({ client_id: emulator.clientId, client_secret: emulator.clientSecret });

/** Every method of the official client with a call that succeeds, in an order in which they can run on one stage. */
export const sdkCalls: Readonly<Record<string, (stage: Stage) => Promise<unknown>>> = {
  'users.me': ({ notion }) => notion.users.me({}),
  'users.list': ({ notion }) => notion.users.list({ page_size: 1 }),
  'users.retrieve': ({ notion, fixture }) => notion.users.retrieve({ user_id: fixture.person }),
  search: ({ notion }) => notion.search({ query: 'a', filter: { property: 'object', value: 'page' } }),
  'pages.create': ({ notion, fixture }) =>
    notion.pages.create({ parent: { page_id: fixture.page }, children: [paragraph] }),
  'pages.retrieve': ({ notion, fixture }) => notion.pages.retrieve({ page_id: fixture.page }),
  'pages.update': ({ notion, fixture }) => notion.pages.update({ page_id: fixture.page, icon: { emoji: '🧪' } }),
  'pages.move': ({ notion, fixture, spare }) =>
    notion.pages.move({ page_id: spare, parent: { page_id: fixture.page } }),
  'pages.properties.retrieve': ({ notion, fixture }) =>
    notion.pages.properties.retrieve({ page_id: fixture.row, property_id: 'title' }),
  'pages.retrieveMarkdown': ({ notion, fixture }) => notion.pages.retrieveMarkdown({ page_id: fixture.page }),
  'pages.updateMarkdown': ({ notion, fixture }) =>
    notion.pages.updateMarkdown({
      page_id: fixture.page,
      type: 'insert_content',
      insert_content: { content: '# Added' },
    }),
  'blocks.retrieve': ({ notion, fixture }) => notion.blocks.retrieve({ block_id: fixture.paragraph }),
  'blocks.update': ({ notion, fixture }) => notion.blocks.update({ block_id: fixture.paragraph, ...paragraph }),
  'blocks.children.list': ({ notion, fixture }) => notion.blocks.children.list({ block_id: fixture.page }),
  'blocks.children.append': ({ notion, fixture }) =>
    notion.blocks.children.append({ block_id: fixture.page, children: [paragraph] }),
  'blocks.meetingNotes.create': ({ notion, fixture }) =>
    notion.blocks.meetingNotes.create({
      source: { type: 'file_upload', file_upload_id: fixture.recording },
      parent: { type: 'page_id', page_id: fixture.page },
    }),
  'blocks.meetingNotes.query': ({ notion }) => notion.blocks.meetingNotes.query({ limit: 5 }),
  'databases.create': ({ notion, fixture }) =>
    notion.databases.create({
      parent: { type: 'page_id', page_id: fixture.page },
      initial_data_source: { properties: { Name: { title: {} } } },
    }),
  'databases.retrieve': ({ notion, fixture }) => notion.databases.retrieve({ database_id: fixture.database }),
  'databases.update': ({ notion, fixture }) =>
    notion.databases.update({ database_id: fixture.database, title: text('Renamed') }),
  'dataSources.create': ({ notion, fixture }) =>
    notion.dataSources.create({
      parent: { type: 'database_id', database_id: fixture.database },
      properties: { Name: { title: {} } },
    }),
  'dataSources.retrieve': ({ notion, fixture }) => notion.dataSources.retrieve({ data_source_id: fixture.source }),
  'dataSources.update': ({ notion, fixture }) =>
    notion.dataSources.update({ data_source_id: fixture.source, properties: { Extra: { number: {} } } }),
  'dataSources.query': ({ notion, fixture }) =>
    notion.dataSources.query({
      data_source_id: fixture.source,
      filter: { property: 'Number', number: { greater_than: 0 } },
    }),
  'dataSources.listTemplates': ({ notion, fixture }) =>
    notion.dataSources.listTemplates({ data_source_id: fixture.source }),
  'views.create': ({ notion, fixture }) =>
    notion.views.create({
      database_id: fixture.database,
      data_source_id: fixture.source,
      name: 'List',
      type: 'list',
    }),
  'views.retrieve': ({ notion, fixture }) => notion.views.retrieve({ view_id: fixture.view }),
  'views.update': ({ notion, fixture }) => notion.views.update({ view_id: fixture.view, name: 'Renamed' }),
  'views.list': ({ notion, fixture }) => notion.views.list({ database_id: fixture.database }),
  'views.queries.create': ({ notion, fixture }) => notion.views.queries.create({ view_id: fixture.view }),
  'views.queries.results': ({ notion, fixture }) =>
    notion.views.queries.results({ view_id: fixture.view, query_id: fixture.viewQuery }),
  'views.queries.delete': ({ notion, fixture }) =>
    notion.views.queries.delete({ view_id: fixture.view, query_id: fixture.viewQuery }),
  'views.delete': ({ notion, fixture }) => notion.views.delete({ view_id: fixture.view }),
  'comments.create': ({ notion, fixture }) =>
    notion.comments.create({ parent: { page_id: fixture.page }, rich_text: text('Hello') }),
  'comments.list': ({ notion, fixture }) => notion.comments.list({ block_id: fixture.page }),
  'comments.retrieve': ({ notion, fixture }) => notion.comments.retrieve({ comment_id: fixture.comment }),
  'comments.update': ({ notion, fixture }) =>
    notion.comments.update({ comment_id: fixture.comment, rich_text: text('Edited') }),
  'comments.delete': ({ notion, fixture }) => notion.comments.delete({ comment_id: fixture.comment }),
  'fileUploads.create': ({ notion }) => notion.fileUploads.create({ mode: 'single_part', filename: 'new.txt' }),
  'fileUploads.list': ({ notion }) => notion.fileUploads.list({}),
  'fileUploads.retrieve': ({ notion, fixture }) => notion.fileUploads.retrieve({ file_upload_id: fixture.upload }),
  'fileUploads.send': ({ notion, fixture }) =>
    notion.fileUploads.send({ file_upload_id: fixture.upload, file: { filename: 'a.txt', data: new Blob(['hello']) } }),
  'fileUploads.complete': ({ notion, fixture }) => notion.fileUploads.complete({ file_upload_id: fixture.parts }),
  'customEmojis.list': ({ notion }) => notion.customEmojis.list({}),
  'asyncTasks.retrieve': ({ notion, fixture }) => notion.asyncTasks.retrieve({ task_id: fixture.task }),
  'oauth.token': stage =>
    stage.notion.oauth.token({
      ...client(stage),
      grant_type: 'authorization_code',
      code: stage.code,
      redirect_uri: stage.redirectUri,
    }),
  'oauth.introspect': stage => stage.notion.oauth.introspect({ ...client(stage), token: stage.token }),
  'oauth.revoke': stage => stage.notion.oauth.revoke({ ...client(stage), token: stage.token }),
  'blocks.delete': ({ notion, spare }) => notion.blocks.delete({ block_id: spare }),
};
