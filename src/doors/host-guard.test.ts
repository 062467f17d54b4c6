import assert from 'node:assert/strict';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { createIsOurHost } from './host-guard.ts';

describe('rule 26: whom a request names', () => {
  const isOurHost = createIsOurHost(['localhost', 'gate.example', '[::1]']);
  const server = createServer((incoming, response) => {
    response.writeHead(isOurHost(incoming) ? 200 : 421).end();
  });
  before(() => new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve)));
  after(() => server.close());

  function ask(headers: Record<string, string>): Promise<number> {
    const { port } = server.address() as AddressInfo;
    return new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, headers }, response => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      sent.on('error', reject).end();
    });
  }

  for (const host of ['localhost', 'LOCALHOST:8420', 'gate.example:443', '[::1]:80']) {
    it(`answers to ${host}`, async () => assert.equal(await ask({ host }), 200));
  }
  for (const host of [
    'evil.example',
    'gate.example.evil.example',
    'gate.example@evil.example',
    'localhost, evil.example',
    '127.0.0.1.nip.example',
    '',
  ]) {
    it(`refuses ${JSON.stringify(host)}`, async () => assert.equal(await ask({ host }), 421));
  }
});
