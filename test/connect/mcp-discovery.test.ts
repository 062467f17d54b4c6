import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, describe, it } from 'node:test';
import { hostsOf } from '../../src/compose/hosted-mcp.ts';
import { authorizeUrl, newVerifier } from '../../src/connect/mcp/authorize-url.ts';
import { acceptCallback } from '../../src/connect/mcp/callback.ts';
import { readChallenge } from '../../src/connect/mcp/challenge.ts';
import { challengeOf, discover } from '../../src/connect/mcp/discover.ts';
import { type ClientOptions, type OAuthClient, registerClient } from '../../src/connect/mcp/register-client.ts';
import { scopeFor } from '../../src/connect/mcp/scopes.ts';
import { createServerDirectory } from '../../src/connect/mcp/server-directory.ts';
import { exchangeCodeRequest, refreshRequest } from '../../src/connect/mcp/token-requests.ts';
import { createSafeFetch } from '../../src/connect/safe-fetch/safe-fetch.ts';
import { connectProblemOf } from '../../src/domain/connect-problem.ts';
import { Secret } from '../../src/domain/secret.ts';
import { type LyingMcp, prm, startLyingMcp } from './lying-mcp.ts';

const reach = { allowLoopbackHttp: true };
const now = () => new Date();
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

  it('sends no browser to an endpoint that is none of the web', async () => {
    server.describeServer({ authorization_endpoint: 'javascript:alert(1)' });
    await assert.rejects(find(), problem('server_unusable'));
    server.describeServer({ authorization_endpoint: 'http://10.0.0.1/authorize' });
    await assert.rejects(authorizeUrl((await find()).server, aRequest(), reach), problem('server_unusable'));
    server.describeServer({});
    const narrow = { ...reach, mayAsk: hostsOf('https://mcp.notion.com/mcp') };
    await assert.rejects(authorizeUrl((await find()).server, aRequest(), narrow), problem('server_unusable'));
  });

  describe('B17: registration', () => {
    const redirectUri = 'https://portcullis.example/auth/notion-mcp/callback';
    const register = async (documentUrl: string | null = null) =>
      registerClient({ fetch, now }, (await find()).server, { redirectUri, preRegistered: null, documentUrl });
    const answered = (body: object, status = 201) => server.says.set('/register', { status, body });

    it('B17: honours the method that was granted, and the end of the secret', async () => {
      const expires = 1_900_000_000;
      answered({
        client_id: 'c',
        client_secret: 's',
        client_secret_expires_at: expires,
        token_endpoint_auth_method: 'client_secret_post',
      });
      const client = await register();
      assert.equal(client.authMethod, 'client_secret_post');
      assert.equal(client.secretExpiresAt?.getTime(), expires * 1_000);
    });

    it('B17: forgets a secret that a public client was given', async () => {
      answered({ client_id: 'c', client_secret: 's', client_secret_expires_at: 0, token_endpoint_auth_method: 'none' });
      assert.equal((await register()).secret, null);
    });

    it('B17: refuses a registration for another redirect URI', async () => {
      answered({ client_id: 'c', redirect_uris: ['https://evil.example/cb'], token_endpoint_auth_method: 'none' });
      await assert.rejects(register(), problem('registration_refused'));
    });

    it('says what we are', async () => {
      answered({ client_id: 'c', token_endpoint_auth_method: 'none' });
      await register();
      const sent = JSON.parse(server.heard.at(-1)?.body ?? '');
      assert.equal(sent.application_type, 'web');
      assert.deepEqual(sent.redirect_uris, [redirectUri]);
      assert.equal(sent.client_uri, 'https://portcullis.example');
    });

    describe('in the order of the specification', () => {
      const documentUrl = 'https://portcullis.example/auth/notion-mcp/client/reg_1';
      const byHand = () => ({ issuer: server.url, clientId: 'by-hand', secret: new Secret('s') });
      const become = async (changes: object, options: Partial<ClientOptions>) => {
        server.describeServer(changes);
        answered({ client_id: 'asked-for', token_endpoint_auth_method: 'none' });
        const { server: found } = await find();
        return registerClient({ fetch, now }, found, {
          redirectUri,
          preRegistered: null,
          documentUrl: null,
          ...options,
        });
      };
      const everything = {
        client_id_metadata_document_supported: true,
        token_endpoint_auth_methods_supported: ['none', 'client_secret_post'],
      };

      it('is the one that was registered by hand', async () => {
        const client = await become(everything, { preRegistered: byHand(), documentUrl });
        assert.deepEqual([client.source, client.clientId], ['pre_registered', 'by-hand']);
        assert.ok(!server.asked().includes('/register'));
      });

      it('is then our document, where it is read and can be read', async () => {
        assert.equal((await become(everything, { documentUrl })).clientId, documentUrl);
        assert.ok(!server.asked().includes('/register'));
        assert.equal((await become({}, { documentUrl })).source, 'dynamic');
        assert.equal((await become(everything, {})).source, 'dynamic');
      });

      it('is nobody where there is no way', async () => {
        const nowhere = become({ registration_endpoint: undefined }, { documentUrl });
        await assert.rejects(nowhere, problem('registration_refused'));
      });

      it('is nobody else when the one by hand is for another server', async () => {
        const elsewhere = { ...byHand(), issuer: `${server.url}/` };
        await assert.rejects(become(everything, { preRegistered: elsewhere, documentUrl }), problem('server_unusable'));
      });

      const methods = [
        [['none', 'client_secret_post'], 'client_secret_post'],
        [['client_secret_post', 'client_secret_basic'], 'client_secret_basic'],
        [undefined, 'client_secret_basic'],
      ] as const;
      for (const [offered, method] of methods) {
        it(`authenticates the one by hand by ${method} where ${offered ?? 'nothing'} is offered`, async () => {
          const preRegistered = byHand();
          const client = await become({ token_endpoint_auth_methods_supported: offered }, { preRegistered });
          assert.equal(client.authMethod, method);
          server.says.set('/token', { body: {} });
          const to = { server: (await find()).server, client, resource: server.mcpUrl };
          await refreshRequest(fetch, to, 'refresh-token');
          const { headers, body } = server.heard.at(-1) ?? { headers: {}, body: '' };
          const basic = `Basic ${Buffer.from('by-hand:s').toString('base64')}`;
          assert.equal(headers.authorization, method === 'client_secret_basic' ? basic : undefined);
          assert.equal(new URLSearchParams(body).get('client_secret'), method === 'client_secret_post' ? 's' : null);
        });
      }

      for (const offered of [['none'], ['private_key_jwt']]) {
        it(`never sends the one by hand where only ${offered} is offered`, async () => {
          const sent = become({ token_endpoint_auth_methods_supported: offered }, { preRegistered: byHand() });
          await assert.rejects(sent, problem('registration_refused'));
        });
      }
    });

    it('keeps what the registration can be managed with, for the origin that gave it alone', async () => {
      const managed = (uri: unknown, token: unknown = 'manage') => {
        const management = { registration_client_uri: uri, registration_access_token: token };
        answered({ client_id: 'c', token_endpoint_auth_method: 'none', ...management });
        return register();
      };
      const { management } = await managed(`${server.url}/register/c`);
      assert.deepEqual([management?.uri, management?.token.reveal()], [`${server.url}/register/c`, 'manage']);
      const elsewhere = ['https://evil.example/c', server.url.replace('127.0.0.1', 'localhost'), 'register/c', 7];
      for (const uri of elsewhere) assert.equal((await managed(uri)).management, null);
      for (const token of ['two words', '', 7, null]) {
        const { management: none, clientId } = await managed(`${server.url}/register/c`, token);
        assert.deepEqual([none, clientId], [null, 'c']);
      }
    });

    for (const body of [{}, { client_id: '' }, { client_id: 7 }, []]) {
      it(`refuses ${JSON.stringify(body)}`, async () => {
        answered(body);
        await assert.rejects(register(), problem('registration_refused'));
      });
    }

    it('tells trouble from refusal', async () => {
      answered({ error: 'invalid_client_metadata' }, 400);
      await assert.rejects(register(), problem('registration_refused'));
      answered({}, 503);
      await assert.rejects(register(), problem('notion_unreachable'));
    });
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

describe('B11: who sent a callback (RFC 9207)', () => {
  const expected = { state: 's', issuer: 'https://as.example/t1', issPromised: true, clientId: 'client' };
  const callback = { state: 's', iss: expected.issuer, error: undefined, code: 'code' };

  it('takes what the expected issuer sent', () => {
    assert.equal(acceptCallback(callback, expected).get('code'), 'code');
    const silent = { ...expected, issPromised: false };
    assert.equal(acceptCallback({ ...callback, iss: undefined }, silent).get('code'), 'code');
  });

  const others = [
    'https://as.example/t1/',
    'https://AS.example/t1',
    'https://as.example:443/t1',
    '',
    'https://evil.example',
  ];
  for (const iss of [...others, [expected.issuer, expected.issuer]]) {
    it(`refuses ${JSON.stringify(iss)}, promised or not`, () => {
      for (const issPromised of [true, false]) {
        assert.throws(
          () => acceptCallback({ ...callback, iss }, { ...expected, issPromised }),
          problem('issuer_mismatch'),
        );
      }
    });
  }

  it('refuses a callback without it where it was promised', () => {
    assert.throws(() => acceptCallback({ ...callback, iss: undefined }, expected), problem('issuer_mismatch'));
  });

  it('does not even read an error of somebody else', () => {
    const error = { ...callback, iss: 'https://evil.example', error: 'access_denied', code: undefined };
    assert.throws(() => acceptCallback(error, expected), problem('issuer_mismatch'));
    assert.throws(() => acceptCallback({ ...error, iss: expected.issuer }, expected), problem('consent_denied'));
  });

  it('refuses a repeated code, none, and another state', () => {
    for (const code of [undefined, '', ['a', 'b']]) {
      assert.throws(() => acceptCallback({ ...callback, code }, expected), problem('missing_code'));
    }
    assert.throws(() => acceptCallback({ ...callback, state: 'other' }, expected), problem('invalid_state'));
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
