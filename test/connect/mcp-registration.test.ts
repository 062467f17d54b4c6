import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, describe, it } from 'node:test';
import { discover } from '../../src/connect/mcp/discover.ts';
import { type ClientOptions, registerClient } from '../../src/connect/mcp/register-client.ts';
import { refreshRequest } from '../../src/connect/mcp/token-requests.ts';
import { connectProblemOf } from '../../src/domain/connect-problem.ts';
import { Secret } from '../../src/domain/secret.ts';
import { createSafeFetch } from '../../src/net/safe-fetch/safe-fetch.ts';
import { type LyingMcp, startLyingMcp } from './lying-mcp.ts';

const redirectUri = 'https://portcullis.example/auth/notion-mcp/callback';
const now = () => new Date();
const problem = (wanted: string) => (error: unknown) => connectProblemOf(error) === wanted;

describe('B17: registration', () => {
  const { fetch, close } = createSafeFetch({ allowLoopbackHttp: true });
  let server: LyingMcp;
  beforeEach(async () => {
    server = await startLyingMcp();
  });
  afterEach(() => server.close());
  after(close);

  const find = () => discover(fetch, server.mcpUrl, null);
  const register = async (at = redirectUri) =>
    registerClient({ fetch, now }, (await find()).server, { redirectUri: at, preRegistered: null, documentUrl: null });
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

  it('B17: takes an end of the secret beyond all calendars for the end of the calendar', async () => {
    const client = { client_id: 'c', client_secret: 's', token_endpoint_auth_method: 'client_secret_post' };
    answered({ ...client, client_secret_expires_at: Number.MAX_SAFE_INTEGER });
    assert.equal((await register()).secretExpiresAt?.toISOString(), '9999-12-31T23:59:59.000Z');
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
    const byHand = () => ({ issuer: server.url, clientId: 'by-hand', secret: new Secret('s: %+é') });
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
        // RFC 6749 section 2.3.1: each encoded as in a form.
        const basic = `Basic ${Buffer.from('by-hand:s%3A+%25%2B%C3%A9').toString('base64')}`;
        assert.equal(headers.authorization, method === 'client_secret_basic' ? basic : undefined);
        assert.equal(new URLSearchParams(body).get('client_secret'), method === 'client_secret_post' ? 's: %+é' : null);
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
    answered({ client_id: 'c', token_endpoint_auth_method: 'none' }, 202);
    await assert.rejects(register(), problem('registration_refused'));
    answered({ error: 'invalid_client_metadata' }, 400);
    await assert.rejects(register(), problem('registration_refused'));
    answered({}, 503);
    await assert.rejects(register(), problem('notion_unreachable'));
  });

  for (const method of ['client_secret_basic', 'client_secret_post']) {
    it(`is refused without a secret where the server has granted ${method}`, async () => {
      answered({ client_id: 'c', token_endpoint_auth_method: method });
      await assert.rejects(register(), problem('registration_refused'));
    });
  }

  it('B8: is sent to no endpoint that no request may go to, nor along a redirect', async () => {
    server.describeServer({ registration_endpoint: 'http://169.254.169.254/register' });
    await assert.rejects(register(), problem('server_unusable'));
    server.describeServer({});
    server.says.set('/register', { status: 307, headers: { location: '/elsewhere' } });
    await assert.rejects(register(), problem('registration_refused'));
    assert.ok(!server.asked().includes('/elsewhere'));
  });

  it('calls itself native where it is reached by loopback', async () => {
    answered({ client_id: 'c', token_endpoint_auth_method: 'none' });
    await register('http://127.0.0.1:8420/auth/notion-mcp/callback');
    const sent = JSON.parse(server.heard.at(-1)?.body ?? '');
    assert.deepEqual([sent.application_type, sent.client_uri], ['native', undefined]);
  });

  it('B17: is refused with a secret that has ended already: the first refresh would end the connection', async () => {
    const ended = {
      client_id: 'c',
      client_secret: 's',
      client_secret_expires_at: Math.floor(Date.now() / 1_000) - 1,
    };
    answered({ ...ended, token_endpoint_auth_method: 'client_secret_post' });
    await assert.rejects(register(), problem('registration_refused'));
    answered({ ...ended, token_endpoint_auth_method: 'none' });
    assert.equal((await register()).secretExpiresAt, null);
  });

  for (const lie of [{ client_id: 'a\u0000' }, { client_id: 'é' }, { client_secret: 'a\nb' }, { client_secret: 7 }]) {
    it(`B17: is refused with ${JSON.stringify(lie)}, which nobody could keep or send`, async () => {
      answered({ client_id: 'c', client_secret: 's', ...lie });
      await assert.rejects(register(), problem('registration_refused'));
    });
  }
});
