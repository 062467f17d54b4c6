import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  APIErrorCode,
  type Client,
  isFullBlock,
  isFullDataSource,
  isFullPage,
  isNotionClientError,
} from '@notionhq/client';
import { authorize, CALLBACK } from './authorized.ts';
import { type EmulatorControl, emulatorControl } from './control.ts';
import { type Emulator, startEmulator } from './server.ts';

describe('the emulator, as the official client sees it', () => {
  let emulator: Emulator;
  let control: EmulatorControl;
  let notion: Client;

  before(async () => {
    emulator = await startEmulator({ redirectUris: [CALLBACK] });
    control = emulatorControl(emulator.url, emulator.controlToken);
    ({ notion } = await authorize(emulator));
  });
  after(() => emulator.close());

  const code = (expected: APIErrorCode) => (error: unknown) => isNotionClientError(error) && error.code === expected;
  const newPage = (title: string, parent = emulator.pages.public) =>
    notion.pages.create({
      parent: { page_id: parent },
      properties: { title: { title: [{ text: { content: title } }] } },
    });

  it('creates, reads, renames, trashes and restores a page', async () => {
    const { id } = await newPage('Made by a test');
    const read = await notion.pages.retrieve({ page_id: id });
    assert.ok(isFullPage(read));
    assert.equal(
      read.properties.title?.type === 'title' && read.properties.title.title[0]?.plain_text,
      'Made by a test',
    );
    assert.match(read.url, /^https:\/\/app\.notion\.com\/p\/Made-by-a-test-[0-9a-f]{32}$/);
    assert.match(read.created_time, /:00\.000Z$/, 'times are cut to the minute');

    await notion.pages.update({ page_id: id, properties: { title: { title: [{ text: { content: 'Renamed' } }] } } });
    const found = await notion.search({ query: 'renam' });
    assert.deepEqual(
      found.results.map(result => result.id),
      [id],
    );
    assert.equal((await notion.search({ query: 'made by a test' })).results.length, 0);

    await notion.pages.update({ page_id: id, in_trash: true });
    assert.equal((await notion.search({ query: 'renamed' })).results.length, 0);
    await notion.pages.update({ page_id: id, in_trash: false });
    assert.equal((await notion.search({ query: 'renamed' })).results.length, 1);
  });

  it('trashes a page through the block endpoint, because a page is a block', async () => {
    const { id } = await newPage('Short-lived');
    const deleted = await notion.blocks.delete({ block_id: id });
    assert.ok(isFullBlock(deleted));
    assert.equal(deleted.type, 'child_page');
    const page = await notion.pages.retrieve({ page_id: id });
    assert.ok(isFullPage(page) && page.in_trash);
  });

  it('appends nested blocks in place, lists them in pages and updates one', async () => {
    const { id } = await newPage('Blocks');
    const text = (content: string) => ({ paragraph: { rich_text: [{ text: { content } }] } });
    const first = await notion.blocks.children.append({ block_id: id, children: [text('one'), text('three')] });
    await notion.blocks.children.append({
      block_id: id,
      children: [{ bulleted_list_item: { rich_text: [{ text: { content: 'two' } }], children: [text('inside')] } }],
      after: first.results[0]?.id ?? '',
    });
    const page = await notion.blocks.children.list({ block_id: id, page_size: 2 });
    assert.equal(page.has_more, true);
    const rest = await notion.blocks.children.list({ block_id: id, start_cursor: page.next_cursor ?? '' });
    const blocks = [...page.results, ...rest.results].filter(isFullBlock);
    assert.deepEqual(
      blocks.map(block => [block.type, block.has_children]),
      [
        ['paragraph', false],
        ['bulleted_list_item', true],
        ['paragraph', false],
      ],
    );
    const updated = await notion.blocks.update({
      block_id: blocks[0]?.id ?? '',
      paragraph: { rich_text: [{ text: { content: 'ONE' } }] },
    });
    assert.ok(isFullBlock(updated) && updated.type === 'paragraph');
    assert.equal(updated.paragraph.rich_text[0]?.plain_text, 'ONE');
  });

  it('makes a database with a data source and a view, and queries its rows', async () => {
    const database = await notion.databases.create({
      parent: { type: 'page_id', page_id: emulator.pages.public },
      title: [{ text: { content: 'Tasks' } }],
      initial_data_source: { properties: { Task: { title: {} }, Points: { number: {} }, State: { select: {} } } },
    });
    assert.ok('data_sources' in database);
    const source = database.data_sources[0]?.id ?? '';
    assert.notEqual(source, database.id);
    for (const [task, points] of [
      ['a', 3],
      ['b', 1],
      ['c', 2],
    ] as const) {
      await notion.pages.create({
        parent: { data_source_id: source },
        properties: {
          Task: { title: [{ text: { content: task } }] },
          Points: { number: points },
          State: { select: { name: points > 1 ? 'Big' : 'Small' } },
        },
      });
    }
    const rows = await notion.dataSources.query({
      data_source_id: source,
      filter: { property: 'State', select: { equals: 'Big' } },
      sorts: [{ property: 'Points', direction: 'descending' }],
    });
    const points = rows.results.map(
      row => isFullPage(row) && row.properties.Points?.type === 'number' && row.properties.Points.number,
    );
    assert.deepEqual(points, [3, 2]);
    const read = await notion.dataSources.retrieve({ data_source_id: source });
    assert.ok(isFullDataSource(read) && read.properties.State?.type === 'select');
    assert.deepEqual(
      read.properties.State.select.options.map(option => option.name),
      ['Big', 'Small'],
    );
  });

  it('comments, replies in the discussion, and hides other people’s comments from editing', async () => {
    const { id } = await newPage('Discussed');
    const first = await notion.comments.create({ parent: { page_id: id }, rich_text: [{ text: { content: 'Why?' } }] });
    assert.ok('discussion_id' in first);
    await notion.comments.create({
      discussion_id: first.discussion_id,
      rich_text: [{ text: { content: 'Because.' } }],
    });
    const list = await notion.comments.list({ block_id: id });
    assert.deepEqual(
      list.results.map(comment => comment.rich_text[0]?.plain_text),
      ['Why?', 'Because.'],
    );
    const other = await authorize(emulator, { personId: emulator.people[1]?.id ?? '' });
    await assert.rejects(
      other.notion.comments.update({ comment_id: first.id, rich_text: [{ text: { content: 'Mine' } }] }),
      code(APIErrorCode.ObjectNotFound),
    );
  });

  it('takes a file upload at the absolute URL that it names, and shows the file where it is used', async () => {
    const upload = await notion.fileUploads.create({ mode: 'single_part', filename: 'a.txt' });
    assert.equal(upload.upload_url, `${emulator.url}/v1/file_uploads/${upload.id}/send`);
    const sent = await notion.fileUploads.send({
      file_upload_id: upload.id,
      file: { filename: 'a.txt', data: new Blob(['hello']) },
    });
    assert.deepEqual([sent.status, sent.content_length], ['uploaded', 5]);
    const page = await newPage('With a file');
    const added = await notion.blocks.children.append({
      block_id: page.id,
      children: [{ file: { type: 'file_upload', file_upload: { id: upload.id } } }],
    });
    const block = added.results[0];
    assert.ok(block !== undefined && isFullBlock(block) && block.type === 'file' && block.file.type === 'file');
    assert.ok(block.file.file.url.startsWith(emulator.url));
    assert.equal(await (await fetch(block.file.file.url)).text(), 'hello');
    assert.equal((await fetch(block.file.file.url.replace(/signature=./, 'signature=x'))).status, 403);
    await control.setClock({ advanceMs: 61 * 60_000 });
    assert.equal((await fetch(block.file.file.url)).status, 403, 'the address expires');
  });

  it('takes a file in parts, and expires what nobody finishes within the hour', async () => {
    const upload = await notion.fileUploads.create({ mode: 'multi_part', filename: 'b.bin', number_of_parts: 2 });
    const send = (part: string, text: string) =>
      notion.fileUploads.send({ file_upload_id: upload.id, file: { data: new Blob([text]) }, part_number: part });
    await send('2', 'world');
    await assert.rejects(
      notion.fileUploads.complete({ file_upload_id: upload.id }),
      code(APIErrorCode.ValidationError),
    );
    await send('1', 'hello ');
    const done = await notion.fileUploads.complete({ file_upload_id: upload.id });
    assert.deepEqual([done.status, done.content_length], ['uploaded', 11]);
    const left = await notion.fileUploads.create({ mode: 'single_part' });
    await control.setClock({ advanceMs: 61 * 60_000 });
    assert.equal((await notion.fileUploads.retrieve({ file_upload_id: left.id })).status, 'expired');
  });

  it('moves a page, and what is below it goes along', async () => {
    const page = await newPage('Wanderer');
    const child = await newPage('Companion', page.id);
    const moved = await notion.pages.move({ page_id: page.id, parent: { page_id: emulator.pages.restricted } });
    assert.ok(isFullPage(moved) && moved.parent.type === 'page_id');
    assert.equal(moved.parent.page_id, emulator.pages.restricted);
    assert.equal((await control.node({ id: child.id }))?.parentId, page.id);
    await assert.rejects(
      notion.pages.move({ page_id: page.id, parent: { page_id: child.id } }),
      code(APIErrorCode.ValidationError),
    );
  });

  it('renders a page as Markdown', async () => {
    const handbook = (await notion.search({ query: 'handbook' })).results[0];
    const { markdown } = await notion.pages.retrieveMarkdown({ page_id: handbook?.id ?? '' });
    assert.match(markdown, /^# How we work\n## Mornings\n/);
    assert.match(markdown, /\n- \[x\] Laptop\n/);
    assert.match(markdown, /```typescript\nexport const answer = 42;\n```/);
    assert.match(markdown, /<page url="https:\/\/app\.notion\.com\/p\/Travel-policy-[0-9a-f]+">Travel policy<\/page>/);
  });

  it('lists people with addresses, and the connection itself', async () => {
    const { results } = await notion.users.list({});
    const ada = results.find(user => user.name === 'Ada Admin');
    assert.ok(ada?.type === 'person');
    assert.equal(ada.person.email, 'ada@acme.example');
    assert.ok(!results.some(user => user.name === 'Hank Owner'), 'nobody of another workspace');
    const me = await notion.users.me({});
    assert.ok(me.type === 'bot' && 'workspace_id' in me.bot);
    assert.equal(me.bot.workspace_id, emulator.workspaceId);
  });
});
