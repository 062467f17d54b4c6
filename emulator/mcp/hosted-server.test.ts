import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { auth, Client, type OAuthClientProvider, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { type EmulatorControl, emulatorControl } from '../control.ts';
import { type Emulator, startEmulator } from '../server.ts';
import { authorizeMcp, MCP_CALLBACK } from './authorized.ts';
import { connectMcp } from './mcp-client.ts';

let emulator: Emulator;
let control: EmulatorControl;
before(async () => {
  emulator = await startEmulator();
  control = emulatorControl(emulator.url, emulator.controlToken);
});
after(() => emulator.close());

const LIST = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} };

function post(token: string | null, headers: Record<string, string> = {}, body: object = LIST): Promise<Response> {
  return fetch(emulator.mcpUrl, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: JSON.stringify(body),
  });
}

/** What an application keeps between the redirect and the callback. */
class Memory implements OAuthClientProvider {
  readonly redirectUrl = MCP_CALLBACK;
  readonly clientMetadata = { client_name: 'SDK', redirect_uris: [MCP_CALLBACK], token_endpoint_auth_method: 'none' };
  address = '';
  #kept = new Map<string, unknown>();
  state = () => 'a-state';
  clientInformation = () => this.#kept.get('client') as never;
  saveClientInformation = (client: unknown) => void this.#kept.set('client', client);
  tokens = () => this.#kept.get('tokens') as never;
  saveTokens = (tokens: unknown) => void this.#kept.set('tokens', tokens);
  saveCodeVerifier = (verifier: string) => void this.#kept.set('verifier', verifier);
  codeVerifier = () => String(this.#kept.get('verifier'));
  saveDiscoveryState = (found: unknown) => void this.#kept.set('discovery', found);
  discoveryState = () => this.#kept.get('discovery') as never;
  redirectToAuthorization = (url: URL) => {
    this.address = url.href;
  };
}

describe('the hosted MCP server', () => {
  for (const mode of ['auto', 'legacy'] as const) {
    it(`lets the official client authorise itself and call tools (${mode})`, async () => {
      const provider = new Memory();
      assert.equal(await auth(provider, { serverUrl: emulator.mcpUrl }), 'REDIRECT');
      const address = new URL(provider.address);
      const form = new URLSearchParams(address.searchParams);
      form.set('decision', 'allow');
      const answer = await fetch(`${emulator.url}/authorize`, { method: 'POST', body: form, redirect: 'manual' });
      const callback = new URL(answer.headers.get('location') ?? '').searchParams;
      const iss = callback.get('iss') ?? '';
      const code = callback.get('code') ?? '';
      assert.equal(await auth(provider, { serverUrl: emulator.mcpUrl, authorizationCode: code, iss }), 'AUTHORIZED');
      const client = new Client({ name: 'test', version: '1.0.0' }, { versionNegotiation: { mode } });
      await client.connect(new StreamableHTTPClientTransport(new URL(emulator.mcpUrl), { authProvider: provider }));
      const { tools } = await client.listTools();
      assert.ok(tools.some(tool => tool.name === 'notion-search'));
      const result = await client.callTool({ name: 'notion-fetch', arguments: { id: emulator.pages.root } });
      assert.equal(result.isError, false);
      await client.close();
    });
  }

  it('points clients without a token to the metadata, and says what is wrong only about a token', async () => {
    const none = await post(null);
    assert.equal(none.status, 401);
    const address = `${emulator.url}/.well-known/oauth-protected-resource/mcp`;
    assert.equal(none.headers.get('www-authenticate'), `Bearer resource_metadata="${address}"`);
    const wrong = await post('nobody:knows:this');
    assert.equal(wrong.status, 401);
    assert.match(wrong.headers.get('www-authenticate') ?? '', /error="invalid_token"/);
  });

  it('does not take tokens of the REST API, nor the REST API its own', async () => {
    assert.equal((await post(emulator.internalToken)).status, 401);
    const { tokens } = await authorizeMcp(emulator);
    const headers = { authorization: `Bearer ${tokens.access_token}`, 'notion-version': '2026-03-11' };
    assert.equal((await fetch(`${emulator.url}/v1/users/me`, { headers })).status, 401);
    assert.equal((await post(tokens.access_token)).status, 200);
  });

  it('refuses tokens that were issued for another resource', async () => {
    const { tokens } = await authorizeMcp(emulator, { resource: 'https://other.example/mcp' });
    assert.equal((await post(tokens.access_token)).status, 401);
  });

  it('refuses web pages of other sites', async () => {
    const { tokens } = await authorizeMcp(emulator);
    const refused = await post(tokens.access_token, { origin: 'https://evil.example' });
    assert.equal(refused.status, 403);
    assert.deepEqual(await refused.json(), {
      jsonrpc: '2.0',
      error: { code: -32000, message: 'Invalid Origin: https://evil.example' },
      id: null,
    });
    assert.equal((await post(tokens.access_token, { origin: 'http://localhost:6274' })).status, 200);
  });

  it('ends an access token after an hour, or on command', async () => {
    const own = await startEmulator();
    const steer = emulatorControl(own.url, own.controlToken);
    const { tokens } = await authorizeMcp(own);
    const status = async (token: string) =>
      (await fetch(own.mcpUrl, { method: 'GET', headers: { authorization: `Bearer ${token}` } })).status;
    assert.equal(await status(tokens.access_token), 405);
    await steer.setClock({ advanceMs: 3_600_000 });
    assert.equal(await status(tokens.access_token), 401);
    const again = await authorizeMcp(own);
    const grant = (await steer.mcpGrants()).at(-1);
    assert.equal(await status(again.tokens.access_token), 405);
    await steer.expireMcpAccess({ grantId: grant?.id ?? '' });
    assert.equal(await status(again.tokens.access_token), 401);
    await own.close();
  });

  it('logs what was called, and by which grant', async () => {
    const { call } = await connectMcp(emulator);
    await call('notion-get-teams');
    const entry = (await control.requests()).at(-1);
    assert.equal(entry?.operation, 'tools/call notion-get-teams');
    const grant = (await control.mcpGrants()).at(-1);
    assert.equal(entry?.botId, grant?.id);
  });

  it('keeps grants over a snapshot', async () => {
    const { tokens } = await authorizeMcp(emulator);
    const { state } = await control.snapshot();
    await control.revokeMcp({ grantId: tokens.access_token.split(':')[1] ?? '' });
    assert.equal((await post(tokens.access_token)).status, 401);
    await control.restore({ state });
    assert.equal((await post(tokens.access_token)).status, 200);
  });

  it('fails in transport when told to: before or after the tool did its work', async () => {
    const { call } = await connectMcp(emulator);
    await control.addFault({ path: '/mcp', kind: 'reset', when: 'after' });
    const page = { pages: [{ properties: { title: 'Written although nobody heard' } }] };
    await assert.rejects(call('notion-create-pages', page));
    const found = await call('notion-search', { query: 'Written although' });
    assert.equal((found.json.results as unknown[]).length, 1);
  });
});
