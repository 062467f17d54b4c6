import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { createFileFetcher } from './fetch-file.ts';

describe('fetching a file from where Notion keeps it', () => {
  const requests: IncomingMessage[] = [];
  const signal = new AbortController().signal;
  let server: Server;
  let origin: string;

  before(async () => {
    server = createServer((request, response) => {
      requests.push(request);
      const status = Number(new URL(request.url ?? '', 'http://x').searchParams.get('status') ?? 200);
      response.writeHead(status, { 'content-type': 'image/png', location: '/elsewhere' }).end('bytes');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(async () => {
    await close();
    server.closeAllConnections();
    server.close();
  });

  const { fetchFile, close } = createFileFetcher(url => url.origin === origin);

  it('streams it, and sends no token', async () => {
    const { status, headers, body } = await fetchFile(`${origin}/a?signature=x`, signal);
    assert.deepEqual([status, headers['content-type']], [200, 'image/png']);
    assert.ok(body instanceof Readable);
    assert.equal(await text(body), 'bytes');
    assert.equal(requests.at(-1)?.url, '/a?signature=x');
    assert.equal(requests.at(-1)?.headers.authorization, undefined);
  });

  it('rule 3: asks no host but those of files', async () => {
    const before = requests.length;
    for (const url of [origin.replace('127.0.0.1', 'localhost'), 'file:///etc/passwd', 'nonsense']) {
      await assert.rejects(fetchFile(url, signal), { code: 'upstream_refused' });
    }
    assert.equal(requests.length, before);
  });

  it('rule 7: follows no redirect', async () => {
    const before = requests.length;
    await assert.rejects(fetchFile(`${origin}/a?status=302`, signal), { code: 'upstream_refused' });
    assert.equal(requests.length, before + 1);
  });

  it('says when the link no longer works, and when the host does not', async () => {
    await assert.rejects(fetchFile(`${origin}/a?status=403`, signal), { code: 'not_found' });
    await assert.rejects(fetchFile(`${origin}/a?status=503`, signal), { code: 'upstream_unavailable' });
    const gone = new AbortController();
    gone.abort();
    await assert.rejects(fetchFile(`${origin}/a`, gone.signal), { code: 'upstream_unavailable' });
  });
});
