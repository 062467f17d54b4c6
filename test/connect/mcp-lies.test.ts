import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { readChallenge } from '../../src/connect/mcp/challenge.ts';
import { challengeOf, discover } from '../../src/connect/mcp/discover.ts';
import type { OAuthClient } from '../../src/connect/mcp/register-client.ts';
import { readTokenAnswer } from '../../src/connect/mcp/token-answer.ts';
import { refreshRequest, revokeRequest } from '../../src/connect/mcp/token-requests.ts';
import { readRevocation } from '../../src/connect/rest/token-state.ts';
import { connectProblemOf } from '../../src/domain/connect-problem.ts';
import { Secret } from '../../src/domain/secret.ts';
import { minuteMs } from '../../src/domain/units.ts';
import { createSafeFetch } from '../../src/net/safe-fetch/safe-fetch.ts';
import { type LyingMcp, prm, rfc8414, startLyingMcp } from './lying-mcp.ts';
import type { Lie } from './lying-server.ts';

const unusable = (error: unknown) => connectProblemOf(error) === 'server_unusable';

describe('lies about where to get tokens', () => {
  const { fetch, close } = createSafeFetch({ allowLoopbackHttp: true, timeoutMs: minuteMs });
  const impatient = createSafeFetch({ allowLoopbackHttp: true, timeoutMs: 500 });
  let server: LyingMcp;
  beforeEach(async () => {
    server = await startLyingMcp();
  });
  afterEach(() => server.close());
  after(() => Promise.all([close(), impatient.close()]));

  const find = () => discover(fetch, server.mcpUrl, null);

  it('looks nowhere else when there is nothing where the 401 points', async () => {
    const challenge = readChallenge(`Bearer resource_metadata="${server.url}/gone"`);
    await assert.rejects(discover(fetch, server.mcpUrl, challenge), unusable);
    assert.deepEqual(server.asked(), ['/gone']);
  });

  for (const pointed of [
    'http://169.254.169.254/latest',
    'https://[::ffff:10.0.0.1]/',
    'file:///etc/passwd',
    'no url',
  ]) {
    it(`B8: does not go where the 401 points when that is ${pointed}`, async () => {
      await assert.rejects(
        discover(fetch, server.mcpUrl, readChallenge(`Bearer resource_metadata="${pointed}"`)),
        unusable,
      );
      assert.deepEqual(server.asked(), []);
    });
  }

  for (const spell of [
    (url: string) => `${url}/`,
    (url: string) => `${url}#`,
    (url: string) => `${url}?`,
    (url: string) => url.replace('127.0.0.1', '127.0.0.1.'),
    (url: string) => url.replace('http', 'HTTP'),
    (url: string) => url.replace('/mcp', ''),
    (url: string) => `${url}/more`,
  ]) {
    it(`B7: refuses metadata of ${spell('http://127.0.0.1/mcp')}`, async () => {
      server.describeResource({ resource: spell(server.mcpUrl) });
      await assert.rejects(find(), unusable);
      assert.deepEqual(server.asked(), [prm]);
    });
  }

  for (const servers of [[], [7], [null], 'https://as.example', undefined, ['']]) {
    it(`refuses ${JSON.stringify(servers)} for authorization servers`, async () => {
      server.describeResource({ authorization_servers: servers });
      await assert.rejects(find(), unusable);
    });
  }

  it('B6: takes the slash at the end of an issuer for part of its name, and for no part of a path', async () => {
    for (const [issuer, path] of [
      [`${server.url}/`, rfc8414],
      [`${server.url}/t1/`, `${rfc8414}/t1`],
    ] as const) {
      server.describeResource({ authorization_servers: [issuer] });
      server.describeServer({ issuer }, path);
      assert.equal((await find()).server.issuer, issuer);
      assert.equal(server.asked().at(-1), path);
    }
  });

  for (const end of ['?tenant=1', '#', '?', ' ', '\u0000', '\n', '/a b', '/ü']) {
    it(`asks no issuer that ends in ${JSON.stringify(end)}, even if its metadata say the same`, async () => {
      const issuer = server.url + end;
      server.describeResource({ authorization_servers: [issuer] });
      server.describeServer({ issuer });
      await assert.rejects(find(), unusable);
      assert.deepEqual(server.asked(), [prm]);
    });
  }

  for (const spell of [
    (url: string) => url.replace('://', '://u:p@'),
    (url: string) => url.replace('://', '://@'),
    (url: string) => url.replace('://', ':\\\\'),
    (url: string) => url.replace('://', ':/'),
    (url: string) => url.replace('://', ':'),
    (url: string) => ` ${url}`,
    (url: string) => `${url}/{t1}`,
    (url: string) => `${url}\\t1`,
  ]) {
    it(`asks no issuer that only a browser would take for ${spell('http://127.0.0.1')}`, async () => {
      const issuer = spell(server.url);
      server.describeResource({ authorization_servers: [issuer] });
      for (const path of ['', '/%7Bt1%7D', '/t1']) server.describeServer({ issuer }, rfc8414 + path);
      await assert.rejects(find(), unusable);
      assert.deepEqual(server.asked(), [prm]);
    });
  }

  it('B7: looks no further after metadata of another issuer', async () => {
    server.describeServer({ issuer: 'https://evil.example' });
    server.describeServer({}, '/.well-known/openid-configuration');
    await assert.rejects(find(), unusable);
    assert.deepEqual(server.asked(), [prm, rfc8414]);
  });

  it('B10: wants S256 of OpenID Connect metadata, too', async () => {
    server.says.delete(rfc8414);
    const openid = '/.well-known/openid-configuration';
    server.describeServer({ code_challenge_methods_supported: undefined }, openid);
    await assert.rejects(find(), unusable);
    server.describeServer({}, openid);
    assert.equal((await find()).server.issuer, server.url);
  });

  const wrong: Record<string, Lie> = {
    'too large': { body: { x: 'x'.repeat(256 * 1024) } },
    compressed: { headers: { 'content-encoding': 'gzip' }, body: gzipSync('{}') },
    'another type': { headers: { 'content-type': 'text/plain' } },
    elsewhere: { status: 302, headers: { location: 'https://evil.example/' } },
    'a list': { body: [] },
    'cut off': { body: '{"issuer":' },
  };
  for (const [what, lie] of Object.entries(wrong)) {
    it(`B8: takes metadata that are ${what} for none`, async () => {
      server.says.set(rfc8414, lie);
      await assert.rejects(find(), unusable);
      server.describeServer({});
      server.says.set(prm, lie);
      await assert.rejects(find(), unusable);
    });
  }

  it('takes no metadata that somebody on the way has changed (203)', async () => {
    server.says.set(rfc8414, { status: 203, body: server.metadata({}) });
    await assert.rejects(find(), unusable);
  });

  for (const status of [200, 403, 407]) {
    it(`goes nowhere because of a challenge at ${status}`, async () => {
      server.says.set('/mcp', {
        status,
        headers: { 'www-authenticate': 'Bearer resource_metadata="https://evil.example/"' },
      });
      assert.equal(await challengeOf(fetch, server.mcpUrl), null);
    });
  }

  it('takes an MCP server that leads elsewhere for one that cannot be trusted', async () => {
    server.says.set('/mcp', { status: 307, headers: { location: 'https://evil.example/mcp' } });
    await assert.rejects(challengeOf(fetch, server.mcpUrl), unusable);
  });

  it('B4: takes metadata that trickle in for a server that is away', async () => {
    server.says.set(rfc8414, { body: server.metadata({}), tricklesEveryMs: 20 });
    const found = discover(impatient.fetch, server.mcpUrl, null);
    await assert.rejects(found, error => connectProblemOf(error) === 'notion_unreachable');
  });

  describe('with a token in hand', () => {
    const client = (): OAuthClient => ({
      issuer: server.url,
      source: 'dynamic',
      clientId: 'client',
      authMethod: 'client_secret_post',
      secret: new Secret('client-secret'),
      secretExpiresAt: null,
    });

    for (const status of [301, 302, 303, 307, 308]) {
      it(`B8: sends neither token nor secret along a ${status}`, async () => {
        server.says.set('/token', { status, headers: { location: '/elsewhere' } });
        server.says.set('/elsewhere', { body: { access_token: 'a', token_type: 'bearer' } });
        const to = { server: (await find()).server, client: client(), resource: server.mcpUrl };
        const read = readTokenAnswer(await refreshRequest(fetch, to, 'refresh-token'));
        assert.equal(read.said === 'unclear' && read.problem, 'answer_unusable');
        assert.ok(!server.asked().includes('/elsewhere'));
      });
    }

    const answers: readonly (readonly [Lie, 'revoked' | 'unclear'])[] = [
      [{ status: 200, body: '' }, 'revoked'],
      [{ status: 200, headers: { 'content-type': 'text/html' }, body: '<p>ok' }, 'revoked'],
      [{ status: 302, headers: { location: '/login' } }, 'unclear'],
      [{ status: 200, body: 'x'.repeat(300_000) }, 'revoked'],
      [{ status: 503 }, 'unclear'],
      [{ status: 404 }, 'unclear'],
    ];
    for (const [lie, verdict] of answers) {
      it(`C17: takes ${lie.status} ${lie.headers?.location ?? ''} for ${verdict}`, async () => {
        server.says.set('/revoke', lie);
        const sent = revokeRequest(fetch, { server: (await find()).server, client: client() }, 'token');
        assert.equal(sent && readRevocation(await sent), verdict);
      });
    }
  });
});
