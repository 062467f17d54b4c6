import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { type DemoInProcess, startDemoInProcess } from '../e2e/demo-in-process.ts';
import { sessionFrom, signInClient } from './mcp-sign-in.ts';
import { rpcTo } from './rpc.ts';

describe('the MCP door as a resource server', () => {
  let demo: DemoInProcess;
  let url: string;
  let session: string;
  before(async () => {
    demo = await startDemoInProcess();
    url = demo.ready.url;
    session = await sessionFrom(demo.ready.signInUrl);
  });
  after(() => demo.stop());

  const as = (token: string, path = '/mcp') => rpcTo(url + path, token);
  const atWorkspace = () => `/w/${demo.ready.workspaceId}/mcp`;

  it('tells where to get a token, at both addresses, and no error where there was no credential', async () => {
    for (const path of ['/mcp', atWorkspace()]) {
      const { status, headers } = await as('', path).legacy('tools/list');
      assert.equal(status, 401);
      const challenge = headers.get('www-authenticate') ?? '';
      assert.match(challenge, /^Bearer resource_metadata="([^"]+)", scope="read write"$/);
      const metadataUrl = /resource_metadata="([^"]+)"/.exec(challenge)?.[1] ?? '';
      assert.equal(metadataUrl, `${url}/.well-known/oauth-protected-resource${path}`);
      const metadata = (await (await fetch(metadataUrl)).json()) as Record<string, unknown>;
      assert.equal(metadata.resource, url + path);
      assert.deepEqual(metadata.authorization_servers, [url]);
    }
    const { headers } = await as('nonsense').legacy('tools/list');
    assert.match(headers.get('www-authenticate') ?? '', /error="invalid_token"/);
  });

  it('takes a key of Portcullis, in every revision', async () => {
    const { editor } = demo.ready.keys;
    for (const protocolVersion of ['2025-06-18', '2025-11-25']) {
      const params = { protocolVersion, capabilities: {}, clientInfo: { name: 'test', version: '1' } };
      const { json } = await as(editor).send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params }));
      assert.equal(json.result?.protocolVersion, protocolVersion);
    }
    const { json } = await as(editor).modern('server/discover');
    assert.deepEqual(json.result?.supportedVersions, ['2026-07-28', '2025-11-25', '2025-06-18']);
    assert.equal(json.result?.resultType, 'complete');
  });

  it('rule 26: takes no cookie', async () => {
    const { status } = await as('').send('{"jsonrpc":"2.0","id":1,"method":"ping"}', { cookie: session });
    assert.equal(status, 401);
  });

  it('takes a token of its own for its own address alone, and no token of anybody else', async () => {
    const { tokens } = await signInClient(url, session);
    assert.equal((await as(tokens.access_token).legacy('tools/list')).status, 200);
    assert.equal((await as(tokens.access_token, atWorkspace()).legacy('tools/list')).status, 401);
    const rest = await fetch(`${url}/v1/users/me`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
    assert.equal(rest.status, 401);
    const other = await signInClient(url, session, { asked: { resource: url + atWorkspace() } });
    assert.equal((await as(other.tokens.access_token, atWorkspace()).legacy('tools/list')).status, 200);
    assert.equal((await as(other.tokens.access_token).legacy('tools/list')).status, 401);
  });

  it('ends with the grant', async () => {
    const { client, clientId, tokens } = await signInClient(url, session);
    assert.equal((await as(tokens.access_token).legacy('ping')).status, 200);
    await client.revoke(clientId, tokens.refresh_token);
    assert.equal((await as(tokens.access_token).legacy('ping')).status, 401);
  });

  it('asks the person again where they allowed reading alone', async () => {
    const { tokens } = await signInClient(url, session, { picked: { access: 'read' } });
    const tools = await as(tokens.access_token).tools();
    assert.ok(tools.includes('notion-fetch'));
    assert.ok(!tools.includes('notion-create-pages'));
    const refused = await as(tokens.access_token).modern('tools/call', {
      name: 'notion-create-pages',
      arguments: { pages: [{ properties: { title: 'x' } }] },
    });
    assert.equal(refused.status, 403);
    const challenge = refused.headers.get('www-authenticate') ?? '';
    assert.match(challenge, /error="insufficient_scope"/);
    assert.match(challenge, /scope="read write"/);
    assert.match(challenge, /resource_metadata="/);
  });

  it('holds headers to the body, also in base64', async () => {
    const key = demo.ready.keys.viewer;
    const fetchSelf = { name: 'notion-get-users', arguments: {} };
    const encoded = `=?base64?${Buffer.from('notion-get-users').toString('base64')}?=`;
    assert.equal((await as(key).modern('tools/call', fetchSelf, { 'mcp-name': encoded })).status, 200);
    for (const headers of [
      { 'mcp-name': 'notion-search' },
      { 'mcp-name': `=?base64?${Buffer.from('notion-search').toString('base64')}?=` },
      { 'mcp-name': '=?base64?!!!?=' },
      { 'mcp-method': 'tools/list' },
      { 'mcp-protocol-version': '2025-11-25' },
    ]) {
      const { status, json } = await as(key).modern('tools/call', fetchSelf, headers);
      assert.deepEqual([status, json.error?.code], [400, -32020], JSON.stringify(headers));
    }
    const { status, json } = await as(key).send('{"jsonrpc":"2.0","id":1,"method":"tools/list"}', {
      'mcp-method': 'tools/call',
    });
    assert.deepEqual([status, json.error?.code], [400, -32020]);
  });

  it('refuses batches, keys that stand twice, unknown revisions and unknown methods', async () => {
    const key = demo.ready.keys.viewer;
    const one = '{"jsonrpc":"2.0","id":1,"method":"ping"}';
    assert.equal((await as(key).send(`[${one},${one}]`)).status, 400);
    const twice =
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"notion-search","name":"notion-fetch"}}';
    assert.equal((await as(key).send(twice)).json.error?.code, -32700);
    const old = await as(key).send(one, { 'mcp-protocol-version': '1999-01-01' });
    assert.deepEqual([old.status, old.json.error?.code], [400, -32022]);
    const modern = await as(key).modern('resources/list');
    assert.deepEqual([modern.status, modern.json.error?.code], [404, -32601]);
    const legacy = await as(key).legacy('resources/list');
    assert.deepEqual([legacy.status, legacy.json.error?.code], [200, -32601]);
    for (const method of ['GET', 'DELETE']) assert.equal((await fetch(`${url}/mcp`, { method })).status, 405);
  });

  it('refuses pages of other sites', async () => {
    const body = '{"jsonrpc":"2.0","id":1,"method":"ping"}';
    const { editor } = demo.ready.keys;
    assert.equal((await as(editor).send(body, { origin: 'https://evil.example' })).status, 403);
    assert.equal((await as(editor).send(body, { origin: url })).status, 200);
  });

  it('serves the official client in both eras', async () => {
    for (const mode of ['auto', 'legacy'] as const) {
      const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
      const requestInit = { headers: { authorization: `Bearer ${demo.ready.keys.editor}` } };
      await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit }));
      const { tools } = await client.listTools();
      assert.ok(tools.some(({ name }) => name === 'notion-update-page'));
      const found = await client.callTool({ name: 'notion-search', arguments: { query: '' } });
      assert.equal(found.isError, false);
      await client.close();
    }
  });
});
