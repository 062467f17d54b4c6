import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type DemoInProcess, startDemoInProcess } from '../e2e/demo-in-process.ts';
import { rpcTo } from './rpc.ts';

type Json = Record<string, unknown>;

describe('tools over REST', () => {
  let demo: DemoInProcess;
  before(async () => {
    demo = await startDemoInProcess();
  });
  after(() => demo.stop());

  const as = (role: 'admin' | 'editor' | 'viewer') => rpcTo(`${demo.ready.url}/mcp`, demo.ready.keys[role]);
  async function made(title: string, content = ''): Promise<string> {
    const { value, isError } = await as('editor').call('notion-create-pages', {
      parent: { page_id: demo.ready.pages.public },
      pages: [{ properties: { title }, content }],
    });
    assert.equal(isError, false, JSON.stringify(value));
    return String((value.pages as Json[])[0]?.id);
  }

  it('lists to each role what it could call, and nothing that it could not', async () => {
    const [viewer, editor, admin] = [await as('viewer').tools(), await as('editor').tools(), await as('admin').tools()];
    assert.deepEqual(
      viewer.filter(name => /create|update|move|duplicate/.test(name)),
      [],
    );
    assert.ok(viewer.includes('notion-search') && viewer.includes('notion-get-self'));
    assert.ok(editor.includes('notion-create-pages') && !editor.includes('notion-create-database'));
    assert.ok(admin.includes('notion-create-database'));
  });

  it('refuses a call that the list does not show, and logs it', async () => {
    const { isError, value } = await as('viewer').call('notion-create-pages', {
      pages: [{ properties: { title: 'x' } }],
    });
    assert.equal(isError, true);
    assert.equal(value.code, 'restricted_resource');
    assert.match(demo.output(), /"kind":"denial"[^\n]*"operation":"tools\.notion-create-pages"/);
  });

  it('searches, fetches and creates, in the shapes of the hosted server', async () => {
    const id = await made('A page of the test', '# Heading\n\nSome words.');
    const { value } = await as('viewer').call('notion-fetch', { id });
    assert.deepEqual(value.metadata, { type: 'page' });
    assert.equal(value.title, 'A page of the test');
    const text = String(value.text);
    assert.match(text, /<ancestor-path>\n<parent-page url="https:\/\/app\.notion\.com\/p\//);
    assert.match(text, /<content>\n# Heading/);
    const found = await as('viewer').call('notion-search', { query: 'A page of the test' });
    assert.ok((found.value.results as Json[]).some(result => result.id === id));
  });

  it('takes arguments that are wrapped in JSON text, as the hosted server does', async () => {
    const { isError } = await as('editor').call('notion-create-pages', {
      parent: JSON.stringify(JSON.stringify({ page_id: demo.ready.pages.public })),
      pages: JSON.stringify([{ properties: { title: 'wrapped' } }]),
    });
    assert.equal(isError, false);
  });

  it('changes content, and takes `delete` where content goes', async () => {
    const id = await made('To be changed', 'one\n\ntwo');
    const change = { page_id: id, command: 'update_content', content_updates: [{ old_str: 'one', new_str: 'three' }] };
    const updated = await as('editor').call('notion-update-page', change);
    assert.equal(updated.isError, false, JSON.stringify(updated.value));
    assert.match(String((await as('editor').call('notion-fetch', { id })).value.text), /three/);
    const replace = { page_id: id, command: 'replace_content', new_str: 'all new', allow_deleting_content: true };
    assert.equal((await as('editor').call('notion-update-page', replace)).isError, true);
    assert.equal((await as('admin').call('notion-update-page', replace)).isError, false);
  });

  it('makes a database, fills it, changes and queries it', async () => {
    const created = await as('admin').call('notion-create-database', {
      parent: { page_id: demo.ready.pages.public },
      title: 'Things',
      schema: `CREATE TABLE ("Thing" TITLE, "State" SELECT('open':red, 'done'), "Due" DATE, "Count" NUMBER)`,
    });
    assert.equal(created.isError, false, JSON.stringify(created.value));
    const source = /collection:\/\/([0-9a-f-]{36})/.exec(String(created.value.result))?.[0] ?? '';
    const rows = await as('editor').call('notion-create-pages', {
      parent: { data_source_id: source },
      pages: [
        { properties: { Thing: 'first', State: 'open', 'date:Due:start': '2026-12-24', Count: 3 } },
        { properties: { title: 'second', State: 'done' } },
      ],
    });
    assert.equal(rows.isError, false, JSON.stringify(rows.value));
    const queried = await as('viewer').call('notion-query-data-sources', { data_source_urls: [source] });
    const results = queried.value.results as Json[];
    assert.deepEqual(results.map(({ Thing: thing }) => thing).sort(), ['first', 'second']);
    assert.ok(results.some(row => row['date:Due:start'] === '2026-12-24' && row.Count === 3));
    const altered = await as('admin').call('notion-update-data-source', {
      data_source_id: source,
      statements: 'ADD COLUMN "Note" RICH_TEXT; DROP COLUMN "Count"',
    });
    assert.equal(altered.isError, false, JSON.stringify(altered.value));
    assert.match(String(altered.value.result), /"Note"/);
    const sql = await as('viewer').call('notion-query-data-sources', { query: `SELECT * FROM "${source}"` });
    assert.equal(sql.isError, true);
  });

  it('moves, copies and comments', async () => {
    const [child, parent] = [await made('The child', 'text of the child'), await made('The parent')];
    const moved = await as('admin').call('notion-move-pages', {
      page_or_database_ids: [child],
      new_parent: { page_id: parent },
    });
    assert.equal(moved.isError, false, JSON.stringify(moved.value));
    assert.match(String((await as('viewer').call('notion-fetch', { id: child })).value.path), /The parent/);
    const copy = await as('editor').call('notion-duplicate-page', { page_id: child });
    assert.equal(copy.isError, false, JSON.stringify(copy.value));
    const comment = await as('editor').call('notion-create-comment', {
      page_id: child,
      rich_text: [{ text: { content: 'well said' } }],
    });
    assert.equal(comment.isError, false, JSON.stringify(comment.value));
    const { value } = await as('viewer').call('notion-get-comments', { page_id: child });
    assert.equal((value.results as Json[]).length, 1);
  });

  it('knows people, and who calls', async () => {
    const users = await as('viewer').call('notion-get-users');
    assert.ok((users.value.results as Json[]).length > 0);
    const self = await as('viewer').call('notion-get-self');
    assert.equal(self.isError, false, JSON.stringify(self.value));
  });

  it('refuses unknown tools and unknown arguments', async () => {
    for (const name of ['notion-spawn-session', 'notion-delete-pages', 'toString', 'test_simple_text']) {
      const { json } = await as('admin').modern('tools/call', { name, arguments: {} });
      assert.equal(json.error?.code, -32602, name);
    }
    const { json } = await as('admin').modern('tools/call', {
      name: 'notion-fetch',
      arguments: { id: 'self', and_also: demo.ready.pages.restricted },
    });
    assert.equal(json.result?.isError, true);
  });

  it('answers the old names of tools', async () => {
    for (const name of ['search', 'notion-ai-search']) {
      assert.equal((await as('viewer').call(name, { query: '' })).isError, false);
    }
  });

  it('tells how far it is to who asked for that', async () => {
    const pages = Array.from({ length: 3 }, (_, index) => ({ properties: { title: `page ${index}` } }));
    const parent = { page_id: demo.ready.pages.public };
    const meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
      progressToken: 'p',
    };
    const { headers, text } = await as('editor').modern('tools/call', {
      name: 'notion-create-pages',
      arguments: { parent, pages },
      _meta: meta,
    });
    assert.equal(headers.get('content-type'), 'text/event-stream');
    assert.equal(text.match(/"method":"notifications\/progress"/g)?.length, 3);
    assert.match(text, /"progressToken":"p","progress":3,"total":3/);
    assert.match(text, /"result":\{"resultType":"complete"/);
  });
});
