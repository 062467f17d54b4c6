import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Client, isFullBlock, isFullPage, type PageObjectResponse } from '@notionhq/client';
import { CALLBACK, officialClient, rawCall } from '../authorized.ts';
import { type EmulatorControl, emulatorControl } from '../control.ts';
import { type Emulator, startEmulator } from '../server.ts';

describe('content', () => {
  let emulator: Emulator;
  let control: EmulatorControl;
  let notion: Client;
  before(async () => {
    emulator = await startEmulator({ redirectUris: [CALLBACK] });
    control = emulatorControl(emulator.url, emulator.controlToken);
    notion = officialClient(emulator, emulator.internalToken);
  });
  after(() => emulator.close());

  const title = (content: string) => ({ title: [{ text: { content } }] });
  const sourceNamed = async (query: string) => {
    const { results } = await notion.search({ query, filter: { property: 'object', value: 'data_source' } });
    return results[0]?.id ?? '';
  };
  const row = async (source: string, properties: Record<string, unknown>): Promise<PageObjectResponse> => {
    const page = await notion.pages.create({ parent: { data_source_id: source }, properties: properties as never });
    assert.ok(isFullPage(page));
    return page;
  };
  const newDatabase = async (name: string, properties: Record<string, unknown>) => {
    const database = await notion.databases.create({
      parent: { type: 'page_id', page_id: emulator.pages.public },
      title: [{ text: { content: name } }],
      initial_data_source: { properties: properties as never },
    });
    assert.ok('data_sources' in database);
    return { id: database.id, source: database.data_sources[0]?.id ?? '' };
  };

  it('links two data sources both ways, rolls up over the link and computes formulas', async () => {
    const team = await newDatabase('Teams', { Team: { title: {} } });
    const work = await newDatabase('Work', {
      Task: { title: {} },
      Hours: { number: {} },
      Team: { relation: { data_source_id: team.source, dual_property: { synced_property_name: 'Tasks' } } },
      Cost: { formula: { expression: 'if(prop("Hours") > 2, prop("Hours") * 100, 0)' } },
    });
    await notion.dataSources.update({
      data_source_id: team.source,
      properties: {
        Effort: { rollup: { relation_property_name: 'Tasks', rollup_property_name: 'Hours', function: 'sum' } },
      },
    });
    const blue = await row(team.source, { Team: title('Blue') });
    const task = await row(work.source, {
      Task: title('Paint'),
      Hours: { number: 3 },
      Team: { relation: [{ id: blue.id }] },
    });
    await row(work.source, { Task: title('Sand'), Hours: { number: 2 }, Team: { relation: [{ id: blue.id }] } });
    assert.deepEqual(task.properties.Cost?.type === 'formula' && task.properties.Cost.formula, {
      type: 'number',
      number: 300,
    });

    const read = await notion.pages.retrieve({ page_id: blue.id });
    assert.ok(isFullPage(read));
    assert.equal(read.properties.Tasks?.type === 'relation' && read.properties.Tasks.relation.length, 2);
    assert.deepEqual(read.properties.Effort?.type === 'rollup' && read.properties.Effort.rollup, {
      type: 'number',
      number: 5,
      function: 'sum',
    });
    await notion.pages.update({ page_id: task.id, properties: { Team: { relation: [] } } });
    const after = await notion.pages.retrieve({ page_id: blue.id });
    assert.ok(isFullPage(after));
    assert.equal(after.properties.Tasks?.type === 'relation' && after.properties.Tasks.relation.length, 1);
  });

  it('hands out long property values item by item, with an absolute next URL', async () => {
    const people = await newDatabase('Long texts', { Name: { title: {} }, Text: { rich_text: {} } });
    const pieces = ['one ', 'two ', 'three'].map(content => ({ text: { content } }));
    const page = await row(people.source, { Name: title('x'), Text: { rich_text: pieces } });
    const property = page.properties.Text?.id ?? '';
    const first = await notion.pages.properties.retrieve({ page_id: page.id, property_id: property, page_size: 2 });
    assert.ok(first.object === 'list' && first.results.length === 2);
    assert.ok(first.property_item.next_url?.startsWith(`${emulator.url}/v1/pages/${page.id}/properties/`));
    const rest = await notion.pages.properties.retrieve({
      page_id: page.id,
      property_id: property,
      start_cursor: first.next_cursor ?? '',
    });
    assert.ok(rest.object === 'list' && !rest.has_more);
    const [last] = rest.results;
    assert.equal(last?.type === 'rich_text' && last.rich_text.plain_text, 'three');
    const unknown = await rawCall(emulator, `/v1/pages/${page.id}/properties/nope`);
    assert.equal(unknown.body.message, 'Could not find property with name or id: nope');
  });

  it('keeps views with their rules, and query results for fifteen minutes', async () => {
    const source = await sourceNamed('projects');
    const views = await notion.views.list({ data_source_id: source });
    assert.equal(views.results.length, 1);
    const database = await notion.dataSources.retrieve({ data_source_id: source });
    const databaseId =
      'parent' in database && database.parent.type === 'database_id' ? database.parent.database_id : '';
    const view = await notion.views.create({
      data_source_id: source,
      database_id: databaseId,
      name: 'Approved',
      type: 'table',
      filter: { property: 'Approved', checkbox: { equals: true } } as never,
      sorts: [{ property: 'Budget', direction: 'ascending' }] as never,
    });
    const query = await notion.views.queries.create({ view_id: view.id, page_size: 1 });
    assert.deepEqual([query.total_count, query.results.length, query.has_more], [2, 1, true]);
    const results = await notion.views.queries.results({ view_id: view.id, query_id: query.id });
    assert.equal(results.results.length, 2);
    await control.setClock({ advanceMs: 16 * 60_000 });
    const late = await rawCall(emulator, `/v1/views/${view.id}/queries/${query.id}`);
    assert.equal(late.status, 404);
    await notion.views.delete({ view_id: view.id });
    assert.equal((await notion.views.list({ data_source_id: source })).results.length, 1);
    const bad = await rawCall(emulator, '/v1/views', {
      body: {
        data_source_id: source,
        database_id: databaseId,
        name: 'x',
        type: 'table',
        filter: { property: 'Nope', number: {} },
      },
    });
    assert.equal(bad.body.message, 'Could not find property with name or id: Nope');
  });

  it('lists templates and makes a row from one', async () => {
    const source = await sourceNamed('projects');
    const { templates } = await notion.dataSources.listTemplates({ data_source_id: source });
    assert.deepEqual(
      templates.map(one => [one.name, one.is_default]),
      [
        ['Project brief', true],
        ['Retrospective', false],
      ],
    );
    const page = await notion.pages.create({
      parent: { data_source_id: source },
      template: { type: 'default' },
      properties: { Name: title('From a template') },
    });
    const blocks = await notion.blocks.children.list({ block_id: page.id });
    assert.deepEqual(
      blocks.results.filter(isFullBlock).map(block => block.type),
      ['heading_2', 'heading_2', 'heading_2'],
    );
    const rows = await notion.dataSources.query({ data_source_id: source });
    assert.ok(!rows.results.some(result => templates.some(one => one.id === result.id)), 'a template is no row');
  });

  it('edits Markdown in place: what reads the same keeps its id', async () => {
    const page = await notion.pages.create({
      parent: { page_id: emulator.pages.public },
      markdown: '# Plan\nfirst\nsecond\n- a\n\t- b',
    });
    assert.ok(isFullPage(page));
    assert.equal(page.properties.title?.type === 'title' && page.properties.title.title[0]?.plain_text, 'Plan');
    const before = await notion.blocks.children.list({ block_id: page.id });
    const changed = await notion.pages.updateMarkdown({
      page_id: page.id,
      type: 'update_content',
      update_content: { content_updates: [{ old_str: 'second', new_str: 'SECOND\nthird' }] },
    });
    assert.equal(changed.markdown, 'first\nSECOND\nthird\n- a\n\t- b');
    const now = await notion.blocks.children.list({ block_id: page.id });
    assert.equal(now.results[0]?.id, before.results[0]?.id);
    assert.equal(now.results.at(-1)?.id, before.results.at(-1)?.id);
    const inserted = await notion.pages.updateMarkdown({
      page_id: page.id,
      type: 'insert_content',
      insert_content: { content: '**zero**', position: { type: 'start' } },
    });
    assert.match(inserted.markdown, /^\*\*zero\*\*\nfirst\n/);
    const ranged = await notion.pages.updateMarkdown({
      page_id: page.id,
      type: 'replace_content_range',
      replace_content_range: { content: 'only this', content_range: '**zero...third' },
    });
    assert.equal(ranged.markdown, 'only this\n- a\n\t- b');
  });

  it('loses child pages to Markdown only when told so', async () => {
    const page = await notion.pages.create({
      parent: { page_id: emulator.pages.public },
      properties: { title: title('Parent') },
    });
    const child = await notion.pages.create({ parent: { page_id: page.id }, properties: { title: title('Child') } });
    const replace = (allow: boolean) =>
      rawCall(emulator, `/v1/pages/${page.id}/markdown`, {
        method: 'PATCH',
        body: { type: 'replace_content', replace_content: { new_str: 'gone', allow_deleting_content: allow } },
      });
    const refused = await replace(false);
    assert.deepEqual([refused.status, refused.body.code], [400, 'validation_error']);
    assert.equal((await replace(true)).body.markdown, 'gone');
    assert.equal((await control.node({ id: child.id }))?.inTrash, true);
  });

  it('does work asynchronously when asked, and tells the result to its caller only', async () => {
    const accepted = await rawCall(emulator, `/v1/pages/${emulator.pages.public}/markdown`, {
      method: 'PATCH',
      body: { type: 'insert_content', insert_content: { content: 'later' }, allow_async: true },
    });
    assert.deepEqual([accepted.status, accepted.body.status], [202, 'queued']);
    assert.equal(accepted.body.status_url, `${emulator.url}/v1/async_tasks/${accepted.body.id}`);
    const poll = () => rawCall(emulator, `/v1/async_tasks/${accepted.body.id}`);
    assert.equal((await poll()).body.status, 'running');
    const done = (await poll()).body;
    assert.equal(done.status, 'succeeded');
    assert.match(JSON.stringify(done.result), /later/);
  });

  it('makes and finds meeting notes', async () => {
    const upload = await notion.fileUploads.create({ mode: 'single_part', filename: 'talk.mp3' });
    await notion.fileUploads.send({
      file_upload_id: upload.id,
      file: { data: new Blob(['la la']), filename: 'talk.mp3' },
    });
    const made = await rawCall(emulator, '/v1/blocks/meeting_notes', {
      version: '2026-03-11',
      body: {
        title: 'Weekly',
        source: { type: 'file_upload', file_upload_id: upload.id },
        parent: { type: 'page_id', page_id: emulator.pages.public },
      },
    });
    assert.equal(made.body.type, 'meeting_notes');
    const filter = {
      operator: 'and',
      filters: [
        { property: 'title', filter: { operator: 'string_contains', value: { type: 'exact', value: 'week' } } },
      ],
    };
    const found = await rawCall(emulator, '/v1/blocks/meeting_notes/query', { body: { filter } });
    assert.deepEqual(
      (found.body.results as { id: string }[]).map(one => one.id),
      [made.body.id],
    );
    const old = await rawCall(emulator, `/v1/blocks/${made.body.id}`, { version: '2025-09-03' });
    assert.equal(old.body.type, 'transcription');
  });

  it('shows mentions with the name that their page has now, and synced blocks with the content of the original', async () => {
    const target = await notion.pages.create({
      parent: { page_id: emulator.pages.public },
      properties: { title: title('Before') },
    });
    const added = await notion.blocks.children.append({
      block_id: emulator.pages.public,
      children: [
        { paragraph: { rich_text: [{ mention: { page: { id: target.id } } }] } },
        {
          synced_block: {
            synced_from: null,
            children: [{ paragraph: { rich_text: [{ text: { content: 'shared' } }] } }],
          },
        },
      ],
    });
    await notion.pages.update({ page_id: target.id, properties: { title: title('After') } });
    const [mention, original] = added.results;
    const paragraph = await notion.blocks.retrieve({ block_id: mention?.id ?? '' });
    assert.ok(isFullBlock(paragraph) && paragraph.type === 'paragraph');
    assert.equal(paragraph.paragraph.rich_text[0]?.plain_text, 'After');
    const copies = await notion.blocks.children.append({
      block_id: target.id,
      children: [{ synced_block: { synced_from: { block_id: original?.id ?? '' } } }],
    });
    const inside = await notion.blocks.children.list({ block_id: copies.results[0]?.id ?? '' });
    assert.equal(inside.results.length, 1);
  });

  it('lists custom emojis of the workspace', async () => {
    const { results } = await notion.customEmojis.list({ name: 'acme-rocket' });
    assert.deepEqual(
      results.map(one => one.name),
      ['acme-rocket'],
    );
  });
});
