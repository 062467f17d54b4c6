import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { findTool, tools } from '../../src/notion/tools.ts';
import { type DemoInProcess, startDemoInProcess } from '../e2e/demo-in-process.ts';
import { sessionFrom, signInClient } from './mcp-sign-in.ts';
import { rpcTo } from './rpc.ts';

type Json = Record<string, unknown>;

/** The demo's agent may read below one page, and a client of the admin's was narrowed to it: neither gets out. */
describe('somebody who is let into one subtree', () => {
  let demo: DemoInProcess;
  let narrowed: string;
  let secrets: string[];
  before(async () => {
    demo = await startDemoInProcess();
    const session = await sessionFrom(demo.ready.signInUrl);
    const picked = { pages: [demo.ready.pages.public] };
    narrowed = (await signInClient(demo.ready.url, session, { picked })).tokens.access_token;
    const { restricted } = demo.ready.pages;
    const { value } = await rpcTo(`${demo.ready.url}/mcp`, demo.ready.keys.admin).call('notion-fetch', {
      id: restricted,
    });
    secrets = [String(value.title), restricted, restricted.replaceAll('-', '')];
  });
  after(() => demo.stop());

  const both = () => [
    rpcTo(`${demo.ready.url}/mcp`, (demo.ready.keys as Record<string, string>).agent ?? ''),
    rpcTo(`${demo.ready.url}/mcp`, narrowed),
  ];

  it('reads what stands in it', async () => {
    for (const client of both()) {
      const { isError, value } = await client.call('notion-fetch', { id: demo.ready.pages.public });
      assert.equal(isError, false, JSON.stringify(value));
      assert.doesNotMatch(String(value.text), /<parent-page/);
    }
  });

  it('finds nothing outside', async () => {
    for (const client of both()) {
      const { value } = await client.call('notion-search', { query: '', page_size: 50 });
      const results = value.results as Json[];
      assert.ok(results.length > 0);
      for (const { id } of results) {
        const fetched = await client.call('notion-fetch', { id: String(id) });
        assert.equal(fetched.isError, false, JSON.stringify(fetched.value));
      }
      for (const secret of secrets) assert.ok(!JSON.stringify(value).includes(secret), secret);
    }
  });

  it('gets nothing outside by any tool, alias or form of an argument', async () => {
    const { restricted, root, public: inside } = demo.ready.pages;
    for (const outside of [restricted, root]) {
      const bare = outside.replaceAll('-', '');
      const forms = [
        outside,
        bare,
        `https://www.notion.so/Title-${bare}`,
        `https://app.notion.com/p/${bare}`,
        `{{https://app.notion.com/p/${bare}}}`,
      ];
      const wrapped = (value: object) => [value, JSON.stringify(value), JSON.stringify(JSON.stringify(value))];
      const tries: [string, Json][] = forms.flatMap(id => [
        ['notion-fetch', { id }],
        ['fetch', { id }],
        ['notion-fetch', { id: `collection://${outside}` }],
        ['notion-fetch', { id: `view://${outside}` }],
        ...wrapped({ page_id: id }).map(
          parent => ['notion-create-pages', { parent, pages: [{ properties: { title: 'x' } }] }] as [string, Json],
        ),
        [
          'notion-create-pages',
          {
            parent: { page_id: inside },
            pages: [{ properties: { title: 'x' }, content: `<mention-page url="https://www.notion.so/${bare}"/>` }],
          },
        ],
        ['notion-create-pages', { parent: { page_id: inside }, pages: [{ template_id: id }] }],
        ['notion-update-page', { page_id: id, command: 'replace_content', new_str: 'x' }],
        ['notion-update-page', { page_id: inside, command: 'apply_template', template_id: id }],
        ['notion-move-pages', { page_or_database_ids: [inside], new_parent: { page_id: id } }],
        ['notion-move-pages', { page_or_database_ids: [id], new_parent: { page_id: inside } }],
        ['notion-duplicate-page', { page_id: id }],
        ['notion-create-comment', { page_id: id, markdown: 'x' }],
        ['notion-create-comment', { discussion_id: `discussion://${outside}/${outside}/${outside}` }],
        ['notion-get-comments', { page_id: id }],
        ['notion-create-database', { parent: { page_id: id }, schema: 'CREATE TABLE ("Name" TITLE)' }],
        ['notion-update-data-source', { data_source_id: id, in_trash: true }],
        ['notion-query-data-sources', { data_source_urls: [`collection://${outside}`] }],
        ['notion-query-data-sources', { view_url: `view://${outside}` }],
        ['notion-search', { query: '', data_source_url: `collection://${outside}` }],
        ['notion-search', { query: '', page_url: id }],
      ]);
      for (const client of both()) {
        for (const [name, args] of tries) {
          const { status, json, text } = await client.modern('tools/call', { name, arguments: args });
          const refused = status === 403 || json.error !== undefined || json.result?.isError === true;
          assert.ok(refused, `${name} ${JSON.stringify(args)} → ${text.slice(0, 500)}`);
          assert.ok(!text.includes(String(secrets[0])), `${name} ${JSON.stringify(args)} → ${text.slice(0, 500)}`);
        }
      }
    }
  });

  it('is not told apart what is closed and what is missing', async () => {
    const missing = '99999999-9999-4999-8999-999999999999';
    for (const client of both()) {
      const answers = [];
      for (const id of [demo.ready.pages.restricted, missing]) {
        const { text } = await client.modern('tools/call', { name: 'notion-fetch', arguments: { id } });
        answers.push(text.replaceAll(id, 'ID'));
      }
      assert.equal(answers[0], answers[1]);
    }
  });

  it('sees in its list nothing that it could call nowhere', async () => {
    const [agent] = both();
    for (const name of (await agent?.tools()) ?? []) {
      const row = findTool(name);
      assert.ok(row !== null && tools.includes(row));
      assert.equal(row.effect, 'read', name);
    }
  });
});
