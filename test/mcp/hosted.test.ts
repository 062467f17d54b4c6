import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { connectMcp } from '../connect/connected-mcp.ts';
import { type Connecting, startConnecting } from '../connect/connecting.ts';
import { signedIn } from '../people.ts';
import { rpcTo } from './rpc.ts';

type Json = Record<string, unknown>;

describe('tools by the hosted server', () => {
  let at: Connecting;
  let key: string;
  let ada: Awaited<ReturnType<typeof connectMcp>>;
  before(async () => {
    at = await startConnecting();
    ada = await connectMcp(at);
    key = (await at.accounts.keys.mint(signedIn(ada.userId), ada.workspaceId, { name: 'hers' })).secret;
  });
  after(() => at.close());

  const as = (token = key) => rpcTo(`${at.url}/mcp`, token);
  const sent = async () => (await at.control.requests()).filter(({ operation }) => operation?.startsWith('tools/call'));
  const aTop = async () => {
    const { value } = await as().call('notion-search', { query: '' });
    const [first] = (value.results as Json[]).filter(({ type }) => type === 'page');
    return String(first?.id);
  };

  it('calls them with the token of the vault, and releases what they answer', async () => {
    const { isError, value } = await as().call('notion-search', { query: '' });
    assert.equal(isError, false);
    assert.ok((value.results as Json[]).length > 0);
    const { value: page } = await as().call('notion-fetch', { id: await aTop() });
    assert.match(String(page.text), /<ancestor-path>/);
    assert.ok((await sent()).every(({ credential }) => credential === 'token'));
  });

  it('writes through them', async () => {
    const parent = await aTop();
    const { isError, value } = await as().call('notion-create-pages', {
      parent: { page_id: parent },
      pages: [{ properties: { title: 'made by the hosted server' }, content: 'words' }],
    });
    assert.equal(isError, false, JSON.stringify(value));
    const [made] = value.pages as Json[];
    const { value: page } = await as().call('notion-fetch', { id: String(made?.id) });
    assert.equal(page.title, 'made by the hosted server');
  });

  it('queries by SQL, and reads in it every table that it names', async () => {
    const { value: found } = await as().call('notion-search', { query: '' });
    const database = (found.results as Json[]).find(({ type }) => type === 'database');
    assert.ok(database);
    const { value } = await as().call('notion-fetch', { id: String(database.id) });
    const source = /collection:\/\/[0-9a-f-]{36}/.exec(String(value.text))?.[0] ?? '';
    const rows = await as().call('notion-query-data-sources', { query: `SELECT * FROM "${source}" LIMIT 2` });
    assert.equal(rows.isError, false, JSON.stringify(rows.value));
    const before = (await sent()).length;
    for (const query of ['SELECT * FROM sqlite_master', `SELECT * FROM "${source}", secrets`, 'PRAGMA table_list']) {
      const { json } = await as().modern('tools/call', { name: 'notion-query-data-sources', arguments: { query } });
      assert.equal(json.result?.isError, true, query);
    }
    assert.equal((await sent()).length, before);
  });

  it('rule 2: is only for the person who connected it', async () => {
    const other = await at.aPerson();
    const membership = { workspace_id: ada.workspaceId, principal_id: other.id, role: 'editor' };
    await at.database.system.insertInto('membership').values(membership).execute();
    const theirs = (await at.accounts.keys.mint(signedIn(other.id), ada.workspaceId, { name: 'theirs' })).secret;
    const before = (await sent()).length;
    const { isError } = await as(theirs).call('notion-search', { query: '' });
    assert.equal(isError, true);
    assert.equal((await sent()).length, before);
  });

  it('sends no tool that has no row, by no name', async () => {
    const before = (await sent()).length;
    for (const name of [
      'notion-delete-pages',
      'notion-list-agents',
      'notion-download-attachment',
      'create-file-upload',
    ]) {
      const { json } = await as().modern('tools/call', { name, arguments: {} });
      assert.equal(json.error?.code, -32602, name);
    }
    assert.equal((await sent()).length, before);
  });

  it('refreshes a token that is refused, once, and goes on', async () => {
    await ada.expire();
    assert.equal((await as().call('notion-search', { query: '' })).isError, false);
  });

  it('rule 16: releases no text to whom anything may be hidden, and lists only what may be read', async () => {
    const top = await aTop();
    const { key: made, secret } = await at.accounts.keys.mint(signedIn(ada.userId), ada.workspaceId, {
      name: 'narrow',
    });
    const narrow = at.database.system.updateTable('api_key').set({ under: ['11111111-1111-4111-8111-111111111111'] });
    await narrow.where('id', '=', made.id).execute();
    const found = await as(secret).call('notion-search', { query: '' });
    assert.deepEqual(found.value.results, []);
    for (const [name, args] of [
      ['notion-fetch', { id: top }],
      ['notion-get-comments', { page_id: top }],
      ['notion-query-meeting-notes', {}],
      ['notion-create-pages', { parent: { page_id: top }, pages: [{ properties: { title: 'x' } }] }],
    ] as const) {
      const { json, text } = await as(secret).modern('tools/call', { name, arguments: args });
      assert.equal(json.result?.isError, true, text);
    }
  });

  it('says what a tool says when it fails', async () => {
    const missing = '00000000-0000-4000-8000-000000000000';
    const { json } = await as().modern('tools/call', { name: 'notion-fetch', arguments: { id: missing } });
    assert.equal(json.result?.isError, true);
  });
});
