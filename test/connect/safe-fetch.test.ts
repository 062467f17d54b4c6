import assert from 'node:assert/strict';
import { type AddressInfo, createServer } from 'node:net';
import { after, afterEach, beforeEach, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { minuteMs } from '../../src/domain/units.ts';
import { createSafeFetch } from '../../src/net/safe-fetch/safe-fetch.ts';
import type { SafeFetchProblem } from '../../src/net/safe-fetch/safe-fetch-error.ts';
import { isSpecialAddress } from '../../src/net/safe-fetch/special-addresses.ts';
import { type Lie, type LyingServer, startLyingServer } from './lying-server.ts';

const because = (problem: SafeFetchProblem) => ({ name: 'SafeFetchError', problem });

describe('special-use addresses', () => {
  const special = [
    '0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 169.254.169.254 172.31.255.255 192.0.0.1 192.0.2.1 192.168.1.1 198.18.0.1',
    '198.51.100.1 203.0.113.1 224.0.0.1 240.0.0.1 255.255.255.255 :: ::1 ::ffff:10.0.0.1 ::ffff:8.8.8.8 64:ff9b::a00:1',
    '64:ff9b:1::a00:1 64:ff9b::8.8.8.8 ::10.0.0.1 2002:7f00:1:: 2001:0:4136:e378::1 fec0::1 5f00::1 fe80::1%eth0 2606:4700::1111%eth0',
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
  const development = createSafeFetch({ allowLoopbackHttp: true, timeoutMs: minuteMs });
  const impatient = createSafeFetch({ allowLoopbackHttp: true, timeoutMs: 500 });
  const { fetch } = development;
  let server: LyingServer;
  beforeEach(async () => {
    server = await startLyingServer();
  });
  afterEach(() => server.close());
  after(() => Promise.all([strict.close(), development.close(), impatient.close()]));

  for (const url of [
    'http://example.com/',
    'ftp://example.com/',
    'https://u@example.com/',
    'https://:p@example.com/',
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

  it('judges the address that is connected to, not one that was looked up before', async () => {
    const answers = ['127.0.0.1', '10.0.0.1'];
    const rebinding = createSafeFetch({
      allowLoopbackHttp: true,
      resolveName: (_name, answer) => answer(null, [{ address: answers.shift() ?? '', family: 4 }]),
    });
    server.says.set('/', { headers: { connection: 'close' } });
    const url = server.url.replace('127.0.0.1', 'rebinding.localhost');
    assert.equal((await rebinding.fetch(url)).status, 200);
    await assert.rejects(rebinding.fetch(url), because('forbidden'));
    assert.equal(server.heard.length, 1);
    await rebinding.close();
  });

  for (const address of [
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '169.254.169.254',
    'fd00:ec2::254',
    'nonsense',
  ]) {
    it(`refuses a name that leads to ${address}`, async () => {
      names['inside.example'] = [address];
      await assert.rejects(strict.fetch('https://inside.example/'), because('forbidden'));
    });
  }

  for (const host of ['localhost.', 'LOCALHOST', 'metadata.localhost', '127.0.0.1.', '0177.0.0.1', '127.1', '[::]']) {
    it(`refuses https://${host}/`, async () => {
      names['localhost.'] = ['127.0.0.1'];
      for (const name of ['localhost', 'metadata.localhost']) names[name] = ['127.0.0.1'];
      await assert.rejects(strict.fetch(`https://${host}/`), because('forbidden'));
    });
  }

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

  const bomb = gzipSync(' '.repeat(20 * 1024 * 1024));
  for (const encoding of ['gzip', 'br', 'deflate, gzip', 'x-unknown']) {
    it(`takes nothing that is packed as ${encoding}, and asks for nothing of the kind`, async () => {
      server.says.set('/', { headers: { 'content-encoding': encoding }, body: bomb });
      await assert.rejects(fetch(server.url), because('unacceptable'));
      assert.equal(server.heard[0]?.headers['accept-encoding'], 'identity');
    });
  }

  it('gives up an answer that trickles in, when its time is over as a whole', async () => {
    server.says.set('/', { body: { x: 'x'.repeat(1_000) }, tricklesEveryMs: 10 });
    const started = performance.now();
    await assert.rejects(impatient.fetch(server.url), because('unreachable'));
    assert.ok(performance.now() - started < 8_000, 'the whole answer takes ten seconds');
  });

  it('gives all redirects together no more time than one answer', async () => {
    const slow = { status: 302, headers: { location: '/trickle' } };
    server.says.set('/', slow);
    server.says.set('/trickle', { body: { x: 'x'.repeat(1_000) }, tricklesEveryMs: 10 });
    await assert.rejects(impatient.fetch(server.url), because('unreachable'));
    assert.deepEqual(
      server.heard.map(({ path }) => path),
      ['/', '/trickle'],
    );
  });

  it('has five seconds and no more, unless somebody says otherwise', async () => {
    const usual = createSafeFetch({ allowLoopbackHttp: true });
    server.says.set('/', { body: { x: 'x'.repeat(10_000) }, tricklesEveryMs: 50 });
    const started = performance.now();
    await assert.rejects(usual.fetch(server.url), because('unreachable'));
    const ms = performance.now() - started;
    assert.ok(ms > 4_900 && ms < 20_000, `${ms}`);
    await usual.close();
  });

  it('ends with its signal', async () => {
    server.says.set('/', { body: { x: 'x'.repeat(1_000) }, tricklesEveryMs: 10 });
    await assert.rejects(fetch(server.url, { signal: AbortSignal.abort() }), because('unreachable'));
  });

  for (const location of [
    '//evil.example/',
    'https://127.0.0.1/',
    'http://user:word@127.0.0.1/',
    'javascript:0',
    'http://[',
  ]) {
    it(`does not follow to ${location}`, async () => {
      server.says.set('/', { status: 302, headers: { location } });
      await assert.rejects(fetch(server.url), { name: 'SafeFetchError' });
      assert.equal(server.heard.length, 1);
    });
  }

  it('sends no credentials along a redirect', async () => {
    server.says.set('/', { status: 307, headers: { location: '/elsewhere' } });
    const sent = ['POST', 'DELETE', 'PUT'].map(method => fetch(server.url, { method, body: 'secret' }));
    for (const one of sent) await assert.rejects(one, because('redirected'));
    assert.ok(server.heard.every(({ path }) => path === '/'));
  });

  for (const status of [101, 600, 999]) {
    it(`takes status ${status} for no answer`, async () => {
      const raw = createServer(socket =>
        socket.once('data', () => socket.end(`HTTP/1.1 ${status} X\r\ncontent-length: 2\r\n\r\n{}`)),
      );
      await new Promise<void>(resolve => raw.listen(0, '127.0.0.1', resolve));
      const { port } = raw.address() as AddressInfo;
      await assert.rejects(fetch(`http://127.0.0.1:${port}/`), { name: 'SafeFetchError' });
      raw.close();
    });
  }

  it('takes JSON alone for a success, and any text for a refusal', async () => {
    server.says.set('/', { headers: { 'content-type': 'text/html' }, body: '<html>' });
    await assert.rejects(fetch(server.url), because('unacceptable'));
    server.says.set('/', { status: 401, headers: { 'content-type': 'text/html' }, body: '<html>' });
    assert.equal((await fetch(server.url)).status, 401);
  });

  it('looks at no body where only the status counts', async () => {
    const bodies: Lie[] = [
      { body: 'x'.repeat(300 * 1024) },
      { headers: { 'content-encoding': 'gzip' }, body: gzipSync('taken') },
      { body: { x: 'x'.repeat(1_000) }, tricklesEveryMs: 10 },
      { headers: { 'content-type': 'text/html' }, body: '<html>' },
    ];
    for (const status of [202, 410]) {
      for (const lie of bodies) {
        server.says.set('/', { ...lie, status });
        const answer = await fetch(server.url, { method: 'POST', body: '{}', types: 'any' });
        assert.deepEqual([answer.status, await answer.text()], [status, '']);
      }
    }
  });

  it('waits for a whole answer, but not for ever', async () => {
    server.says.set('/', { headers: { 'content-length': '100' }, body: '{}' });
    await assert.rejects(impatient.fetch(server.url), because('unreachable'));
  });
});
