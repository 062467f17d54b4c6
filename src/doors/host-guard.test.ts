import assert from 'node:assert/strict';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { createClientAddress } from './client-address.ts';
import { createHostGuard } from './host-guard.ts';

describe('rule 26: whom a request names, and where it comes from', () => {
  const guard = createHostGuard(['localhost', 'gate.example', '[::1]']);
  let trusted: string[] = [];
  const server = createServer((incoming, response) => {
    if (guard(incoming, response)) return;
    response.end(createClientAddress(trusted)(incoming));
  });
  before(() => new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve)));
  after(() => server.close());

  function ask(headers: Record<string, string>): Promise<{ status: number; body: string }> {
    const { port } = server.address() as AddressInfo;
    return new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, headers }, response => {
        let body = '';
        response.on('data', chunk => {
          body += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      });
      sent.on('error', reject).end();
    });
  }

  for (const host of ['localhost', 'LOCALHOST:8420', 'gate.example:443', '[::1]:80']) {
    it(`answers to ${host}`, async () => assert.equal((await ask({ host })).status, 200));
  }
  for (const host of [
    'evil.example',
    'gate.example.evil.example',
    'gate.example@evil.example',
    'localhost, evil.example',
    '127.0.0.1.nip.example',
    '',
  ]) {
    it(`refuses ${JSON.stringify(host)}`, async () => assert.equal((await ask({ host })).status, 421));
  }

  it('believes X-Forwarded-For of nobody by default', async () => {
    trusted = [];
    assert.equal((await ask({ host: 'localhost', 'x-forwarded-for': '203.0.113.9' })).body, '127.0.0.1');
  });
  it('believes it of a named proxy, from the right, past other named proxies', async () => {
    trusted = ['127.0.0.0/8', '10.0.0.7'];
    const forwarded = { host: 'localhost', 'x-forwarded-for': '198.51.100.1, 203.0.113.9, 10.0.0.7' };
    assert.equal((await ask(forwarded)).body, '203.0.113.9');
  });
  it('does not take nonsense for an address', async () => {
    trusted = ['127.0.0.1'];
    assert.equal((await ask({ host: 'localhost', 'x-forwarded-for': 'unknown, "quoted"' })).body, '127.0.0.1');
  });
});
