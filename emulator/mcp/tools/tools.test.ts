import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { authorize, CALLBACK } from '../../authorized.ts';
import { type EmulatorControl, emulatorControl } from '../../control.ts';
import { type Emulator, startEmulator } from '../../server.ts';
import { type Connected, connectMcp } from '../mcp-client.ts';

let emulator: Emulator;
let control: EmulatorControl;
let ada: Connected;
/** The data source of the seeded database "Projects". */
let projects: string;
before(async () => {
  emulator = await startEmulator({ redirectUris: [CALLBACK] });
  control = emulatorControl(emulator.url, emulator.controlToken);
  ada = await connectMcp(emulator);
  const database = (await search('Projects'))[0];
  const text = (await ada.call('notion-fetch', { id: database?.url })).text;
  projects = /collection:\/\/[0-9a-f-]{36}/.exec(text)?.[0] ?? '';
});
after(() => emulator.close());

async function search(query: string, who = ada): Promise<Record<string, string>[]> {
  return (await who.call('notion-search', { query })).json.results as Record<string, string>[];
}

async function createPage(args: Record<string, unknown>): Promise<string> {
  const { json, text } = await ada.call('notion-create-pages', args);
  const made = (json.pages as { id: string }[] | undefined)?.[0];
  assert.ok(made, text);
  return made.id;
}

async function textOf(id: string): Promise<string> {
  return String((await ada.call('notion-fetch', { id })).json.text);
}

describe('what the tools show', () => {
  it('a page with the whole chain above it, its properties and its content', async () => {
    const row = (await search('Website relaunch'))[0];
    const { json } = await ada.call('notion-fetch', { id: row?.url });
    assert.deepEqual(json.metadata, { type: 'page' });
    assert.equal(json.title, 'Website relaunch');
    const chain = /<ancestor-path>\n(.*)\n<\/ancestor-path>/s.exec(String(json.text))?.[1]?.split('\n') ?? [];
    assert.match(chain[0] ?? '', /^<parent-data-source url="collection:\/\/[0-9a-f-]{36}" name="Projects"\/>$/);
    assert.match(
      chain[1] ?? '',
      /^<ancestor-2-database url="https:\/\/app.notion.com\/p\/[0-9a-f]{32}" title="Projects"\/>$/,
    );
    assert.match(chain[2] ?? '', /^<ancestor-3-page .* title="Public"\/>$/);
    assert.match(chain[3] ?? '', /^<ancestor-4-page .* title="Acme Home"\/>$/);
    assert.equal(chain.length, 4);
    const properties = JSON.parse(/<properties>\n(.*)\n<\/properties>/.exec(String(json.text))?.[1] ?? '{}');
    assert.equal(properties.Approved, '__YES__');
    assert.equal(properties['date:Due:start'], '2026-12-15');
    assert.equal(properties.Tags, '["web"]');
    assert.match(String(json.text), /<content>\n## Next steps/);
  });

  it('everything that the person sees, shared with a connection or not, and nothing that is private to others', async () => {
    assert.equal((await search('Minutes of January')).length, 1);
    assert.equal((await search("Ada's notes")).length, 1);
    const eli = await connectMcp(emulator, { personId: emulator.people[1]?.id ?? '' });
    assert.equal((await search('Minutes of January', eli)).length, 1);
    assert.equal((await search("Ada's notes", eli)).length, 0);
    const refused = await eli.call('notion-fetch', { id: (await search("Ada's notes"))[0]?.id });
    assert.equal(refused.failed, true);
    assert.equal(refused.json.code, 'object_not_found');
  });

  it('nothing of another workspace', async () => {
    assert.deepEqual(await search('volcano'), []);
  });

  it('who the client acts as, and in which workspace', async () => {
    const { json } = await ada.call('notion-fetch', { id: 'self' });
    assert.deepEqual(json.workspace, { id: emulator.workspaceId, name: 'Acme' });
    assert.equal((json.user as { email: string }).email, 'ada@acme.example');
    const users = (await ada.call('notion-get-users', { user_id: 'self' })).json.results as { name: string }[];
    assert.deepEqual(
      users.map(user => user.name),
      ['Ada Admin'],
    );
  });

  it('the answers of SQL over data sources, and nothing else of the SQL', async () => {
    const rows = await ada.call('notion-query-data-sources', {
      data: { mode: 'sql', query: `SELECT "Name" FROM "${projects}" WHERE "Budget" > ? ORDER BY 1`, params: [30_000] },
    });
    assert.deepEqual(rows.json.results, [{ Name: 'Mobile app' }, { Name: 'Website relaunch' }]);
    const rests = [`DELETE FROM "${projects}"`, "ATTACH DATABASE '/tmp/x.db' AS x", 'SELECT load_extension(1)'];
    for (const query of rests) {
      const refused = await ada.call('notion-query-data-sources', { query, data_source_urls: [projects] });
      assert.equal(refused.json.code, 'validation_error', query);
    }
    const unseen = await ada.call('notion-query-data-sources', {
      query: 'SELECT * FROM "collection://00000000-0000-4000-8000-000000000000"',
    });
    assert.equal(unseen.json.code, 'object_not_found');
  });

  it('comments with the page in the address of their discussion', async () => {
    const page = (await search('Handbook'))[0]?.id ?? '';
    const { json } = await ada.call('notion-get-comments', { page_id: page });
    const first = (json.results as { discussion_id: string }[])[0]?.discussion_id ?? '';
    assert.match(first, new RegExp(`^discussion://${page}/${page}/`));
    const reply = await ada.call('notion-create-comment', {
      discussion_id: first,
      rich_text: [{ text: { content: 'Yes' } }],
    });
    assert.equal((reply.json.result as { status: string }).status, 'success');
    const after = await ada.call('notion-get-comments', { page_id: page, discussion_id: first });
    assert.equal((after.json.results as unknown[]).length, 2);
  });
});

describe('what the tools change', () => {
  it('pages below a page, rows with flat values, and private pages where no parent is given', async () => {
    const parent = { page_id: emulator.pages.public };
    const page = await createPage({ parent, pages: [{ properties: { title: 'Plan' }, content: '# One\ntwo' }] });
    assert.match(await textOf(page), /<content>\n# One\ntwo\n<\/content>/);
    const row = await createPage({
      parent: { data_source_id: projects },
      pages: [{ properties: { Name: 'Row', Status: 'Done', Approved: '__YES__', 'date:Due:start': '2027-01-02' } }],
    });
    assert.match(await textOf(row), /"Status":"Done".*"date:Due:start":"2027-01-02".*"Approved":"__YES__"/);
    const own = await createPage({ pages: [{ properties: { title: 'Only mine' } }] });
    const eli = await connectMcp(emulator, { personId: emulator.people[1]?.id ?? '' });
    assert.equal((await eli.call('notion-fetch', { id: own })).failed, true);
  });

  it('is the same world that the REST API shows', async () => {
    const { notion } = await authorize(emulator);
    const id = await createPage({
      parent: { page_id: emulator.pages.root },
      pages: [{ properties: { title: 'Shared' } }],
    });
    const page = await notion.pages.retrieve({ page_id: id });
    assert.equal('created_by' in page ? page.created_by.id : '', emulator.people[0]?.id);
  });

  it('content, command by command', async () => {
    const page_id = await createPage({ pages: [{ properties: { title: 'Text' }, content: 'alpha\nbeta' }] });
    const change = (command: string, args: object) => ada.call('notion-update-page', { page_id, command, ...args });
    assert.deepEqual((await change('update_properties', { properties: { title: 'Renamed' } })).json, { page_id });
    await change('update_content', { content_updates: [{ old_str: 'beta', new_str: 'gamma' }] });
    await change('insert_content_after', { selection_with_ellipsis: 'alpha', new_str: 'inserted' });
    await change('insert_content', { content: 'last', position: { type: 'end' } });
    assert.match(await textOf(page_id), /<content>\nalpha\ninserted\ngamma\nlast\n<\/content>/);
    const missed = await change('update_content', { content_updates: [{ old_str: 'omega', new_str: 'x' }] });
    assert.deepEqual([missed.failed, missed.json], [false, { page_id }]);
    await change('replace_content_range', { selection_with_ellipsis: 'alpha...gamma', new_str: 'short' });
    assert.match(await textOf(page_id), /<content>\nshort\nlast\n<\/content>/);
    await change('replace_content', { new_str: 'all new' });
    assert.match(await textOf(page_id), /<content>\nall new\n<\/content>/);
  });

  it('deletes child pages only for those who say so', async () => {
    const page_id = await createPage({ pages: [{ properties: { title: 'Parent' } }] });
    const child = await createPage({ parent: { page_id }, pages: [{ properties: { title: 'Child' } }] });
    const replace = { page_id, command: 'replace_content', new_str: 'gone' };
    const refused = await ada.call('notion-update-page', replace);
    assert.equal(refused.json.code, 'validation_error');
    await ada.call('notion-update-page', { ...replace, allow_deleting_content: true });
    assert.equal((await control.node({ id: child }))?.inTrash, true);
  });

  it('moves pages, and hides them by moving them to the workspace', async () => {
    const page = await createPage({
      parent: { page_id: emulator.pages.public },
      pages: [{ properties: { title: 'Movable' } }],
    });
    const moved = await ada.call('notion-move-pages', {
      page_or_database_ids: [page],
      new_parent: { page_id: emulator.pages.restricted },
    });
    assert.deepEqual(moved.json, { result: `Successfully moved 1 item: ${page}` });
    assert.equal((await control.node({ id: page }))?.parentId, emulator.pages.restricted);
    const eli = await connectMcp(emulator, { personId: emulator.people[1]?.id ?? '' });
    assert.equal((await eli.call('notion-fetch', { id: page })).failed, false);
    await ada.call('notion-move-pages', { page_or_database_ids: [page], new_parent: { type: 'workspace' } });
    assert.equal((await eli.call('notion-fetch', { id: page })).failed, true);
  });

  it('copies a page beside the original, with what is below it', async () => {
    const page = await createPage({
      parent: { page_id: emulator.pages.public },
      pages: [{ properties: { title: 'Original' }, content: 'text' }],
    });
    await createPage({ parent: { page_id: page }, pages: [{ properties: { title: 'Below' } }] });
    const copy = String((await ada.call('notion-duplicate-page', { page_id: page })).json.page_id);
    assert.equal((await control.node({ id: copy }))?.title, 'Original (1)');
    assert.equal((await control.node({ id: copy }))?.parentId, emulator.pages.public);
    assert.match(await textOf(copy), /<content>\ntext\n<page .*>Below<\/page>\n<\/content>/);
  });

  it('databases by CREATE TABLE, their columns by statements, and views', async () => {
    const made = await ada.call('notion-create-database', {
      parent: { page_id: emulator.pages.public },
      title: 'Tasks',
      schema: `CREATE TABLE ("Task" TITLE, "State" SELECT('To do':red, 'It''s done':green), "Hours" NUMBER FORMAT 'percent')`,
    });
    const result = String(made.json.result);
    assert.match(result, /^Created database: <database url="\{\{https:\/\/app.notion.com\/p\/[0-9a-f]{32}\}\}"/);
    const [url = ''] = /collection:\/\/[0-9a-f-]{36}/.exec(result) ?? [];
    const changed = await ada.call('notion-update-data-source', {
      data_source_id: url,
      name: 'Chores',
      statements: 'ADD COLUMN "Due" DATE; DROP COLUMN "Hours"; RENAME COLUMN "State" TO "Status"',
    });
    const state = JSON.parse(/<data-source-state>\n(.*)\n/.exec(String(changed.json.result))?.[1] ?? '{}');
    assert.equal(state.name, 'Chores');
    assert.deepEqual(Object.keys(state.schema), ['Task', 'Status', 'Due']);
    assert.deepEqual(state.schema.Status.options[1], { color: 'green', name: "It's done" });
    const [database = ''] = /[0-9a-f]{32}/.exec(result) ?? [];
    const view = await ada.call('notion-create-view', {
      database_id: database,
      data_source_id: url,
      name: 'By date',
      type: 'table',
      configure: 'SORT BY "Due" DESC',
    });
    const [viewUrl = ''] = /view:\/\/[0-9a-f-]{36}/.exec(String(view.json.result)) ?? [];
    for (const day of ['2027-01-01', '2027-02-01']) {
      await createPage({
        parent: { data_source_id: url },
        pages: [{ properties: { Task: day, 'date:Due:start': day } }],
      });
    }
    const rows = (await ada.call('notion-query-data-sources', { view_url: viewUrl })).json.results as {
      Task: string;
    }[];
    assert.deepEqual(
      rows.map(row => row.Task),
      ['2027-02-01', '2027-01-01'],
    );
    await ada.call('notion-update-data-source', { data_source_id: url, in_trash: true });
    assert.equal((await control.node({ id: url.slice('collection://'.length) }))?.inTrash, true);
  });

  it('tasks that only their person may ask about', async () => {
    const { json } = await ada.call('notion-create-pages', {
      pages: [{ properties: { title: 'Later' } }],
      allow_async: true,
    });
    const eli = await connectMcp(emulator, { personId: emulator.people[1]?.id ?? '' });
    assert.equal((await eli.call('notion-get-async-task', { task_id: json.task_id })).failed, true);
    assert.equal((await ada.call('notion-get-async-task', { task_id: json.task_id })).json.status, 'running');
    assert.equal((await ada.call('notion-get-async-task', { task_id: json.task_id })).json.status, 'succeeded');
  });
});

describe('how the tools are called', () => {
  it('lists names and annotations as the original does, wrong ones included', async () => {
    const { tools } = await ada.client.listTools();
    const named = new Map(tools.map(tool => [tool.name, tool]));
    assert.equal(named.get('notion-move-pages')?.annotations?.destructiveHint, false);
    assert.equal(named.get('notion-search')?.annotations?.readOnlyHint, true);
    assert.deepEqual(named.get('notion-create-pages')?.inputSchema.required, ['pages']);
    for (const hidden of ['search', 'notion-ai-search', 'notion-get-self', 'notion-delete-pages']) {
      assert.equal(named.has(hidden), false, hidden);
    }
  });

  it('answers names that no list shows', async () => {
    for (const alias of ['search', 'notion-ai-search', 'ai-search']) {
      assert.equal((await ada.call(alias, { query: 'Handbook' })).failed, false, alias);
    }
    assert.equal((await ada.call('fetch', { id: emulator.pages.root })).json.title, 'Acme Home');
    const page = await createPage({ pages: [{ properties: { title: 'Short-lived' } }] });
    await ada.call('notion-delete-pages', { page_ids: [page] });
    assert.equal((await control.node({ id: page }))?.inTrash, true);
  });

  it('knows no tool of another name', async () => {
    await assert.rejects(ada.call('notion-erase-workspace'), /Tool notion-erase-workspace not found/);
  });

  it('takes up to three layers of JSON text off an argument, and not four', async () => {
    let parent: unknown = { page_id: emulator.pages.public };
    for (const layers of [1, 2, 3]) {
      parent = JSON.stringify(parent);
      const page = await createPage({ parent, pages: JSON.stringify([{ properties: { title: `${layers} layers` } }]) });
      assert.equal((await control.node({ id: page }))?.parentId, emulator.pages.public, `${layers} layers`);
    }
    const refused = await ada.call('notion-create-pages', { parent: JSON.stringify(parent), pages: [{}] });
    assert.equal(refused.failed, true);
    assert.match(refused.text, /^MCP error -32602: Invalid arguments for tool notion-create-pages: /);
    assert.match(refused.text, /Expected object, received string/);
  });

  it('leaves text alone that is JSON and meant as text', async () => {
    const page = await createPage({ pages: [{ properties: { title: '{"not":"unwrapped"}' } }] });
    assert.equal((await control.node({ id: page }))?.title, '{"not":"unwrapped"}');
  });

  it('fails as the original does, when told to', async () => {
    const tool = 'notion-create-pages';
    const args = { pages: [{ properties: { title: 'x' } }] };
    const texts = {
      expected_array: 'Expected array, received string',
      expected_object: 'Expected object, received string',
      undefined_argument: 'should be defined, instead was `undefined`',
    } as const;
    for (const kind of ['expected_array', 'expected_object', 'undefined_argument'] as const) {
      await control.addToolFault({ tool, kind });
      const answer = await ada.call(tool, args);
      assert.equal(answer.failed, true);
      assert.ok(answer.text.includes(texts[kind]), answer.text);
    }
    assert.equal((await ada.call(tool, args)).failed, false);
    await control.addToolFault({ kind: 'rate_limited', retryAfterSeconds: 7 });
    const limited = await ada.call('notion-get-teams');
    const error = { code: 'rate_limited', retry_after_seconds: 7, rate_limit_reason: 'public_api_request_rate_limit' };
    assert.deepEqual(limited.structured, { error });
    assert.deepEqual(limited.json, { error });
  });

  it('shares the rate limits of the REST API', async () => {
    const own = await startEmulator();
    const steer = emulatorControl(own.url, own.controlToken);
    const { call } = await connectMcp(own);
    await steer.settings({ rateLimits: { perConnection: 2, perWorkspace: 'off' } });
    assert.deepEqual(
      [(await call('notion-get-teams')).failed, (await call('notion-get-teams')).failed],
      [false, false],
    );
    const limited = await call('notion-get-teams');
    assert.equal((limited.structured as { error: { code: string } }).error.code, 'rate_limited');
    await own.close();
  });
});
