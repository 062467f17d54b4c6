import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type DemoInProcess, startDemoInProcess } from '../e2e/demo-in-process.ts';
import { mcpClient, oauthBrowser, sessionFrom, signInClient } from './mcp-sign-in.ts';

describe('the authorization server', () => {
  let demo: DemoInProcess;
  let url: string;
  let session: string;
  before(async () => {
    demo = await startDemoInProcess();
    url = demo.ready.url;
    session = await sessionFrom(demo.ready.signInUrl);
  });
  after(() => demo.stop());

  const json = async (response: Response) => (await response.json()) as Record<string, unknown>;
  const registered = async (client: ReturnType<typeof mcpClient>) =>
    String((await json(await client.register())).client_id);

  it('says at both well-known addresses what it can do', async () => {
    for (const path of ['oauth-authorization-server', 'openid-configuration']) {
      const metadata = await json(await fetch(`${url}/.well-known/${path}`));
      assert.equal(metadata.issuer, url);
      assert.equal(metadata.authorization_endpoint, `${url}/oauth/authorize`);
      assert.equal(metadata.token_endpoint, `${url}/oauth/token`);
      assert.equal(metadata.registration_endpoint, `${url}/oauth/register`);
      assert.deepEqual(metadata.code_challenge_methods_supported, ['S256']);
      assert.equal(metadata.authorization_response_iss_parameter_supported, true);
      assert.equal(metadata.client_id_metadata_document_supported, true);
      assert.deepEqual(metadata.response_types_supported, ['code']);
    }
  });

  it('gives tokens for a code that a person allowed, once', async () => {
    const client = mcpClient(url);
    const clientId = await registered(client);
    const browser = oauthBrowser(session);
    const { at, response } = await browser.reach(client.authorizeUrl(clientId));
    const text = await response.text();
    assert.equal(response.status, 200, text);
    assert.match(text, /Let A test client into your Notion\?/);
    assert.match(text, /127\.0\.0\.1:43123, a program on this computer/);
    assert.equal(response.headers.get('x-frame-options'), 'DENY');
    assert.match(response.headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/);
    const back = await browser.answer({ at, text });
    assert.equal(back.searchParams.get('iss'), url);
    assert.equal(back.searchParams.get('state'), 'a-state');
    const code = back.searchParams.get('code') ?? '';
    const tokens = await json(await client.redeem(clientId, code));
    assert.equal(tokens.token_type, 'Bearer');
    assert.equal(tokens.expires_in, 600);
    assert.equal(tokens.scope, 'read write');
    const again = await client.redeem(clientId, code);
    assert.equal(again.status, 400);
    assert.equal((await client.refresh(clientId, String(tokens.refresh_token))).status, 400);
  });

  it('sends a person who is not signed in there first, and back to the question', async () => {
    const client = mcpClient(url);
    const { at } = await oauthBrowser('').reach(client.authorizeUrl(await registered(client)));
    assert.match(at.pathname + at.search, /^\/sign-in\?next=%2Foauth%2Fconsent%2F/);
  });

  it('tells the client with `iss` when the person does not allow it', async () => {
    const client = mcpClient(url);
    const browser = oauthBrowser(session);
    const { at, response } = await browser.reach(client.authorizeUrl(await registered(client)));
    const back = await browser.answer({ at, text: await response.text() }, { answer: 'deny' });
    assert.equal(back.searchParams.get('error'), 'access_denied');
    assert.equal(back.searchParams.get('iss'), url);
  });

  it('takes another port of a loopback address, and no other redirect', async () => {
    const client = mcpClient(url);
    const clientId = await registered(client);
    const shown = async (redirect: string) =>
      (await oauthBrowser(session).reach(client.authorizeUrl(clientId, { redirect_uri: redirect }))).response;
    assert.equal((await shown('http://127.0.0.1:1234/callback')).status, 200);
    for (const other of ['http://127.0.0.1:43123/other', 'http://localhost:43123/callback', 'https://evil.example/']) {
      const response = await shown(other);
      assert.equal(response.status, 400, other);
      assert.equal(response.headers.get('location'), null);
    }
  });

  it('refuses plain PKCE, no PKCE, other response types, and resources that are not ours', async () => {
    const client = mcpClient(url);
    const clientId = await registered(client);
    for (const [more, error] of [
      [{ code_challenge_method: 'plain' }, 'invalid_request'],
      [{ code_challenge: '', code_challenge_method: '' }, 'invalid_request'],
      [{ response_type: 'token' }, 'unsupported_response_type'],
      [{ resource: 'https://mcp.notion.com/mcp' }, 'invalid_target'],
    ] as const) {
      const { at } = await oauthBrowser(session).reach(client.authorizeUrl(clientId, more));
      assert.equal(at.searchParams.get('error') ?? new URLSearchParams(at.hash.slice(1)).get('error'), error);
    }
  });

  it('takes no redirect that leads somewhere dangerous, and no secret', async () => {
    for (const uri of ['javascript:alert(1)', 'http://evil.example/cb', 'data:text/html,x', 'https://a:b@c.example/']) {
      assert.equal((await mcpClient(url).register({ redirect_uris: [uri] })).status, 400, uri);
    }
    const response = await mcpClient(url).register({ token_endpoint_auth_method: 'client_secret_basic' });
    const client = await json(response);
    assert.equal(client.token_endpoint_auth_method, 'none');
    assert.equal(client.client_secret, undefined);
  });

  it('rotates refresh tokens, and ends everything when an old one comes back', async () => {
    const { client, clientId, tokens } = await signInClient(url, session);
    const next = await json(await client.refresh(clientId, tokens.refresh_token));
    assert.notEqual(next.refresh_token, tokens.refresh_token);
    assert.equal((await client.refresh(clientId, tokens.refresh_token)).status, 400);
    assert.equal((await client.refresh(clientId, String(next.refresh_token))).status, 400);
  });

  it('lets exactly one of many refreshes with one token through', async () => {
    const { client, clientId, tokens } = await signInClient(url, session);
    const all = await Promise.all(Array.from({ length: 5 }, () => client.refresh(clientId, tokens.refresh_token)));
    assert.ok(all.filter(({ status }) => status === 200).length <= 1);
  });

  it('ends a grant that its client gives up', async () => {
    const { client, clientId, tokens } = await signInClient(url, session);
    assert.equal((await client.revoke(clientId, tokens.refresh_token)).status, 200);
    assert.equal((await client.refresh(clientId, tokens.refresh_token)).status, 400);
  });

  it('takes no form that its own page did not make', async () => {
    const client = mcpClient(url);
    const browser = oauthBrowser(session);
    const { at } = await browser.reach(client.authorizeUrl(await registered(client)));
    const body = new URLSearchParams({ answer: 'allow', token: 'forged', place: demo.ready.workspaceId });
    assert.equal((await browser.open(at, { method: 'POST', body })).status, 400);
  });

  it('gives the narrower scope where a person allows reading alone', async () => {
    const { tokens } = await signInClient(url, session, {
      picked: { access: 'read', pages: [demo.ready.pages.public] },
    });
    assert.equal(tokens.scope, 'read');
  });
});
