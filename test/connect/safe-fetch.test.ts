import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, describe, it } from 'node:test';
import { createSafeFetch } from '../../src/connect/safe-fetch/safe-fetch.ts';
import type { SafeFetchProblem } from '../../src/connect/safe-fetch/safe-fetch-error.ts';
import { isSpecialAddress } from '../../src/connect/safe-fetch/special-addresses.ts';
import { type LyingServer, startLyingServer } from './lying-server.ts';

const because = (problem: SafeFetchProblem) => ({ name: 'SafeFetchError', problem });

describe('special-use addresses', () => {
  const special = [
    '0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 169.254.169.254 172.31.255.255 192.0.0.1 192.0.2.1 192.168.1.1 198.18.0.1',
    '198.51.100.1 203.0.113.1 224.0.0.1 240.0.0.1 255.255.255.255 :: ::1 ::ffff:10.0.0.1 ::ffff:8.8.8.8 64:ff9b::a00:1',
    'fe80::1 fc00::1 fd00:ec2::254 ff02::1 2001:db8::1 2002:a00:1::1 2001::1 3fff::1 100::1 nonsense 127.1',
  ];
  for (const address of special.join(' ').split(' ')) {
    it(`refuses ${address}`, () => assert.equal(isSpecialAddress(address), true));
  }
  for (const address of ['8.8.8.8', '172.32.0.1', '198.20.0.1', '2606:4700::1111', '2a00:1450:4001::200e']) {
    it(`takes ${address}`, () => assert.equal(isSpecialAddress(address), false));
  }
});

describe('requests to where strangers point', () => {
  const names: Record<string, string[]> = {};
  const resolveName: Parameters<typeof createSafeFetch>[0]['resolveName'] = (name, answer) => {
    const addresses = (names[name] ?? []).map(address => ({ address, family: address.includes(':') ? 6 : 4 }));
    answer(addresses.length === 0 ? Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }) : null, addresses);
  };
  const strict = createSafeFetch({ allowLoopbackHttp: false, resolveName });
  const development = createSafeFetch({ allowLoopbackHttp: true, timeoutMs: 300 });
  const { fetch } = development;
  let server: LyingServer;
  beforeEach(async () => {
    server = await startLyingServer();
  });
  afterEach(() => server.close());
  after(() => Promise.all([strict.close(), development.close()]));

  for (const url of [
    'http://example.com/',
    'ftp://example.com/',
    'https://u:p@example.com/',
    'https://127.0.0.1/',
    'no',
  ]) {
    it(`refuses ${url}`, () => assert.rejects(strict.fetch(url), because('forbidden')));
  }
  for (const url of ['https://[::ffff:127.0.0.1]/', 'https://0x7f000001/', 'https://2130706433/', 'https://[::1]/']) {
    it(`refuses ${url}, however it is spelled`, () => assert.rejects(strict.fetch(url), because('forbidden')));
  }

  it('refuses loopback unless a setting says otherwise', async () => {
    server.says.set('/', { body: { ok: true } });
    await assert.rejects(strict.fetch(server.url), because('forbidden'));
    assert.deepEqual(await (await fetch(server.url)).json(), { ok: true });
  });

  it('refuses a name that leads to a special-use address at the moment of connecting, and one that does so in part', async () => {
    names['rebinding.example'] = ['127.0.0.1'];
    names['mixed.example'] = ['93.184.215.14', '10.0.0.1'];
    await assert.rejects(strict.fetch('https://rebinding.example/'), because('forbidden'));
    await assert.rejects(strict.fetch('https://mixed.example/'), because('forbidden'));
  });

  it('refuses a public name that leads to loopback even where loopback is allowed', async () => {
    const open = createSafeFetch({ allowLoopbackHttp: true, resolveName });
    names['rebinding.example'] = ['127.0.0.1'];
    const { port } = new URL(server.url);
    await assert.rejects(open.fetch(`https://rebinding.example:${port}/`), because('forbidden'));
    await open.close();
    assert.deepEqual(server.heard, []);
  });

  it('says when nothing was sent', async () => {
    await assert.rejects(strict.fetch('https://unknown.example/'), because('unsent'));
  });

  it('asks only the hosts that it may', async () => {
    const narrow = createSafeFetch({ allowLoopbackHttp: true, mayAsk: ({ port }) => port === '1' });
    await assert.rejects(narrow.fetch(server.url), because('forbidden'));
    await narrow.close();
  });

  it('follows a redirect of a question at the same origin, and no other', async () => {
    server.says.set('/moved', { status: 302, headers: { location: '/' } });
    server.says.set('/', { body: { here: true } });
    assert.deepEqual(await (await fetch(`${server.url}/moved`)).json(), { here: true });
    const post = fetch(`${server.url}/moved`, { method: 'POST', body: 'secret' });
    await assert.rejects(post, because('redirected'));
    server.says.set('/away', { status: 302, headers: { location: server.url.replace('127.0.0.1', 'localhost') } });
    await assert.rejects(fetch(`${server.url}/away`), because('redirected'));
    server.says.set('/loop', { status: 302, headers: { location: '/loop' } });
    await assert.rejects(fetch(`${server.url}/loop`), because('redirected'));
  });

  it('reads 256 KiB and no more', async () => {
    const padding = (bytes: number) => JSON.stringify({ x: 'x'.repeat(bytes) });
    server.says.set('/', { body: padding(256 * 1024 - 8) });
    assert.equal((await fetch(server.url)).status, 200);
    server.says.set('/', { body: padding(256 * 1024) });
    await assert.rejects(fetch(server.url), because('unacceptable'));
  });

  it('takes JSON alone for a success, and any text for a refusal', async () => {
    server.says.set('/', { headers: { 'content-type': 'text/html' }, body: '<html>' });
    await assert.rejects(fetch(server.url), because('unacceptable'));
    server.says.set('/', { status: 401, headers: { 'content-type': 'text/html' }, body: '<html>' });
    assert.equal((await fetch(server.url)).status, 401);
  });

  it('waits for a whole answer, but not for ever', async () => {
    server.says.set('/', { headers: { 'content-length': '100' }, body: '{}' });
    await assert.rejects(fetch(server.url), because('unreachable'));
  });
});
