import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, describe, it } from 'node:test';
import { hostsOf } from '../../src/compose/hosted-mcp.ts';
import { authorizeUrl, newVerifier } from '../../src/connect/mcp/authorize-url.ts';
import { acceptCallback } from '../../src/connect/mcp/callback.ts';
import { readChallenge } from '../../src/connect/mcp/challenge.ts';
import { challengeOf, discover } from '../../src/connect/mcp/discover.ts';
import type { OAuthClient } from '../../src/connect/mcp/register-client.ts';
import { scopeFor } from '../../src/connect/mcp/scopes.ts';
import { createServerDirectory } from '../../src/connect/mcp/server-directory.ts';
import { exchangeCodeRequest, refreshRequest } from '../../src/connect/mcp/token-requests.ts';
import { connectProblemOf } from '../../src/domain/connect-problem.ts';
import { Secret } from '../../src/domain/secret.ts';
import { createSafeFetch } from '../../src/net/safe-fetch/safe-fetch.ts';
import { type LyingMcp, prm, startLyingMcp } from './lying-mcp.ts';

const reach = { allowLoopbackHttp: true };
const problem = (wanted: string) => (error: unknown) => connectProblemOf(error) === wanted;

describe('hosted MCP OAuth against servers that lie', () => {
  const { fetch, close } = createSafeFetch(reach);
  let server: LyingMcp;
  beforeEach(async () => {
    server = await startLyingMcp();
  });
  afterEach(() => server.close());
  after(close);

  const find = () => discover(fetch, server.mcpUrl, null);

  it('B6: inserts the well-known path before the path of an issuer, and then tries OpenID Connect', async () => {
    server.describeResource({ authorization_servers: [`${server.url}/tenant1`] });
    server.describeServer({}, '/tenant1/.well-known/openid-configuration', '/tenant1');
    assert.equal((await find()).server.issuer, `${server.url}/tenant1`);
    assert.deepEqual(server.asked(), [
      prm,
      '/.well-known/oauth-authorization-server/tenant1',
      '/.well-known/openid-configuration/tenant1',
      '/tenant1/.well-known/openid-configuration',
    ]);
  });

  it('looks for the resource at its path, then at the root', async () => {
    server.says.delete(prm);
    server.describeResource({ resource: server.url }, '/.well-known/oauth-protected-resource');
    assert.equal((await find()).resource, server.url);
    assert.deepEqual(server.asked().slice(0, 2), [prm, '/.well-known/oauth-protected-resource']);
  });

  for (const other of ['https://evil.example', 'UPPER', 'SLASH']) {
    it(`B7: refuses metadata that names the issuer ${other}`, async () => {
      const spelled = { UPPER: server.url.toUpperCase(), SLASH: `${server.url}/` }[other] ?? other;
      server.describeServer({ issuer: spelled });
      await assert.rejects(find(), problem('server_unusable'));
    });
  }

  it('B7: refuses metadata of another resource, wherever the challenge says it is', async () => {
    server.describeResource({ resource: 'https://evil.example/mcp' });
    await assert.rejects(find(), problem('server_unusable'));
    server.describeResource({ resource: server.url }, '/elsewhere');
    const challenge = readChallenge(`Bearer resource_metadata="${server.url}/elsewhere"`);
    await assert.rejects(discover(fetch, server.mcpUrl, challenge), problem('server_unusable'));
  });

  for (const address of ['http://169.254.169.254', 'http://10.0.0.1', 'https://[::ffff:192.168.0.1]', 'file:///etc']) {
    it(`B8: never asks an authorization server at ${address}`, async () => {
      server.describeResource({ authorization_servers: [address] });
      await assert.rejects(find(), problem('server_unusable'));
    });
  }

  it('B8: sends no secret to a token endpoint that no request may go to', async () => {
    const to = { issuer: 'https://as.example', token_endpoint: 'http://169.254.169.254/token' };
    const sent = refreshRequest(
      fetch,
      { server: to, client: aClient(to.issuer), resource: server.mcpUrl },
      'refresh-token',
    );
    await assert.rejects(sent, { name: 'SafeFetchError', problem: 'forbidden' });
  });

  it('B9: names the resource when it asks for consent, exchanges and refreshes', async () => {
    const discovery = await find();
    const url = new URL(await authorizeUrl(discovery.server, { ...aRequest(), resource: discovery.resource }, reach));
    assert.equal(url.searchParams.get('resource'), server.mcpUrl);
    server.says.set('/token', { body: {} });
    const to = { server: discovery.server, client: aClient(server.url), resource: server.mcpUrl };
    const expected = { state: 's', issuer: server.url, issPromised: false, clientId: 'client' };
    const callback = acceptCallback({ state: 's', iss: undefined, error: undefined, code: 'code' }, expected);
    await exchangeCodeRequest(fetch, to, { callback, redirectUri: 'https://us.example/cb', verifier: newVerifier() });
    await refreshRequest(fetch, to, 'refresh-token');
    const sent = server.heard.filter(({ path }) => path === '/token').map(({ body }) => new URLSearchParams(body));
    assert.deepEqual(
      sent.map(form => [form.get('grant_type'), form.get('resource')]),
      [
        ['authorization_code', server.mcpUrl],
        ['refresh_token', server.mcpUrl],
      ],
    );
  });

  it('B10: refuses a server that does not promise PKCE with S256', async () => {
    server.describeServer({ code_challenge_methods_supported: undefined });
    await assert.rejects(find(), problem('server_unusable'));
    server.describeServer({ code_challenge_methods_supported: ['plain'] });
    await assert.rejects(find(), problem('server_unusable'));
  });

  it('B12 and B13: keeps the query of the authorization endpoint, and demands no new consent', async () => {
    server.describeServer({ authorization_endpoint: `${server.url}/authorize?x=1` });
    const url = new URL(await authorizeUrl((await find()).server, aRequest(), reach));
    assert.equal(url.searchParams.get('x'), '1');
    assert.equal(url.searchParams.get('response_type'), 'code');
    assert.equal(url.searchParams.get('code_challenge_method'), 'S256');
    assert.equal(url.searchParams.has('prompt'), false);
  });

  it('sends the S256 challenge of the verifier (RFC 7636 appendix B)', async () => {
    const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
    const url = new URL(await authorizeUrl((await find()).server, { ...aRequest(), verifier }, reach));
    assert.equal(url.searchParams.get('code_challenge'), 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM');
  });

  it('sends no browser to an endpoint that is none of the web', async () => {
    server.describeServer({ authorization_endpoint: 'javascript:alert(1)' });
    await assert.rejects(find(), problem('server_unusable'));
    server.describeServer({ authorization_endpoint: 'http://10.0.0.1/authorize' });
    await assert.rejects(authorizeUrl((await find()).server, aRequest(), reach), problem('server_unusable'));
    server.describeServer({});
    const narrow = { ...reach, mayAsk: hostsOf('https://mcp.notion.com/mcp') };
    await assert.rejects(authorizeUrl((await find()).server, aRequest(), narrow), problem('server_unusable'));
  });

  it('B18: looks a server up again after an hour, and after trouble', async () => {
    let at = 0;
    const directory = createServerDirectory(fetch, () => at);
    const lookups = () => server.asked().length;
    await directory.find(server.url);
    await directory.find(server.url);
    assert.equal(lookups(), 1);
    at = 3_600_001;
    await directory.find(server.url);
    assert.equal(lookups(), 2);
    directory.forget(server.url);
    await directory.find(server.url);
    assert.equal(lookups(), 3);
  });

  it('B19: goes where the 401 points', async () => {
    server.says.set('/mcp', {
      status: 401,
      headers: {
        'www-authenticate': `Bearer error="invalid_token", resource_metadata="${server.url}/meta", scope="a b"`,
      },
    });
    server.describeResource({ scopes_supported: ['c'] }, '/meta');
    const challenge = await challengeOf(fetch, server.mcpUrl);
    const discovery = await discover(fetch, server.mcpUrl, challenge);
    assert.equal(discovery.resource, server.mcpUrl);
    assert.ok(server.asked().includes('/meta') && !server.asked().includes(prm));
    assert.equal(scopeFor(discovery, null), 'a b');
    // Stepping up adds to what was asked for before.
    assert.equal(scopeFor(discovery, 'z a'), 'z a b');
  });

  it('never sends the credentials of one issuer to another', async () => {
    const { server: found } = await find();
    const to = { server: found, client: aClient('https://other.example'), resource: server.mcpUrl };
    assert.throws(() => refreshRequest(fetch, to, 'refresh-token'), problem('server_unusable'));
    assert.ok(!server.asked().includes('/token'));
  });

  it('takes trouble for trouble, and nothing found for nothing usable', async () => {
    server.says.set('/.well-known/oauth-authorization-server', { status: 503 });
    await assert.rejects(find(), problem('notion_unreachable'));
    server.says.set('/.well-known/oauth-authorization-server', {
      headers: { 'content-type': 'text/html' },
      body: '<html>',
    });
    await assert.rejects(find(), problem('server_unusable'));
  });
});

function aRequest() {
  return {
    clientId: 'client',
    redirectUri: 'https://us.example/cb',
    state: 's',
    verifier: newVerifier(),
    resource: new URL('/mcp', 'http://127.0.0.1').href,
    scope: null,
  };
}

function aClient(issuer: string): OAuthClient {
  return {
    issuer,
    source: 'dynamic',
    clientId: 'client',
    authMethod: 'client_secret_basic',
    secret: new Secret('client-secret'),
    secretExpiresAt: null,
  };
}
