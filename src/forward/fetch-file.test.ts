import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { aCaller } from '../../test/fixtures.ts';
import type { FileRequest } from '../domain/file-links.ts';
import { newId } from '../domain/ids.ts';
import { createFileFetcher, filesMax } from './fetch-file.ts';

describe('fetching a file from where Notion keeps it', () => {
  const requests: IncomingMessage[] = [];
  const signal = new AbortController().signal;
  const get: FileRequest = { method: 'GET', range: null, ifRange: null };
  const confirm = async () => {};
  const caller = { caller: aCaller(), workspaceId: newId('wsp') };
  let server: Server;
  let origin: string;

  before(async () => {
    server = createServer((request, response) => {
      requests.push(request);
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
      if (pathname === '/broken') {
        response.writeHead(200, { 'content-length': 10 }).write('half');
        return void response.socket?.resetAndDestroy();
      }
      if (pathname === '/endless') return void response.writeHead(200).write('x');
      if (pathname === '/stored') return store(request, response);
      const status = Number(searchParams.get('status') ?? 200);
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
    const { status, headers, body } = await fetchFile(`${origin}/a?signature=x`, get, caller, confirm, signal);
    assert.deepEqual([status, headers['content-type']], [200, 'image/png']);
    assert.ok(body instanceof Readable);
    assert.equal(await text(body), 'bytes');
    assert.equal(requests.at(-1)?.url, '/a?signature=x');
    assert.equal(requests.at(-1)?.headers.authorization, undefined);
  });

  /** The status of a file that is read to its end. */
  const statusOf = async (by = caller) => {
    const { status, body } = await fetchFile(`${origin}/a`, get, by, confirm, signal);
    if (body instanceof Readable) await text(body);
    return status;
  };

  it('harms nobody when it breaks before anybody reads it', async () => {
    const { body } = await fetchFile(`${origin}/broken`, get, caller, confirm, signal).catch(() => ({ body: null }));
    if (body instanceof Readable && !body.closed) await new Promise(closed => body.once('close', closed));
    assert.equal(await statusOf(), 200);
  });

  it('holds a turn until it is closed, and leaves turns to others', async () => {
    const held = await Promise.all(
      Array.from({ length: filesMax / 4 }, () => fetchFile(`${origin}/endless`, get, caller, confirm, signal)),
    );
    const more = statusOf();
    assert.equal(await statusOf({ ...caller, caller: aCaller() }), 200);
    for (const { body } of held) (body as Readable).destroy();
    assert.equal(await more, 200);
  });

  it('rule 10: is confirmed when its turn comes, and what is not allowed any more is not fetched', async () => {
    const held = await Promise.all(
      Array.from({ length: filesMax / 4 }, () => fetchFile(`${origin}/endless`, get, caller, confirm, signal)),
    );
    let allowed = true;
    const revoked = fetchFile(`${origin}/a?revoked`, get, caller, async () => assert.ok(allowed, 'revoked'), signal);
    // A question asked before the turn came would have been answered with yes.
    allowed = false;
    for (const { body } of held) (body as Readable).destroy();
    await assert.rejects(revoked, /revoked/);
    assert.ok(requests.every(({ url }) => url !== '/a?revoked'));
    assert.equal(await statusOf(), 200, 'its turn was given back');
  });

  it('rule 3: asks no host but those of files', async () => {
    const before = requests.length;
    for (const url of [origin.replace('127.0.0.1', 'localhost'), 'file:///etc/passwd', 'nonsense']) {
      await assert.rejects(fetchFile(url, get, caller, confirm, signal), { code: 'upstream_refused' });
    }
    assert.equal(requests.length, before);
  });

  it('rule 7: follows no redirect', async () => {
    const before = requests.length;
    await assert.rejects(fetchFile(`${origin}/a?status=302`, get, caller, confirm, signal), {
      code: 'upstream_refused',
    });
    assert.equal(requests.length, before + 1);
  });

  it('says when the link no longer works, and when the host does not', async () => {
    await assert.rejects(fetchFile(`${origin}/a?status=403`, get, caller, confirm, signal), { code: 'not_found' });
    await assert.rejects(fetchFile(`${origin}/a?status=503`, get, caller, confirm, signal), {
      code: 'upstream_unavailable',
    });
    const gone = new AbortController();
    gone.abort();
    await assert.rejects(fetchFile(`${origin}/a`, get, caller, confirm, gone.signal), { code: 'upstream_unavailable' });
  });

  describe('in part', () => {
    const part = (range: string | null, ifRange: string | null = null): FileRequest => ({
      method: 'GET',
      range,
      ifRange,
    });
    async function fetched(request: FileRequest) {
      const { status, headers, body } = await fetchFile(`${origin}/stored`, request, caller, confirm, signal);
      return [status, headers['content-range'], body instanceof Readable ? await text(body) : body];
    }

    it('gives the range that was asked for, and says when there is none', async () => {
      assert.deepEqual(await fetched(part('bytes=2-4')), [206, 'bytes 2-4/10', '234']);
      assert.deepEqual(await fetched(part('bytes=7-')), [206, 'bytes 7-9/10', '789']);
      assert.deepEqual(await fetched(part('bytes=-2')), [206, 'bytes 8-9/10', '89']);
      assert.deepEqual(await fetched(part('bytes=10-')), [416, 'bytes */10', null]);
    });

    it('gives everything for what is no single range', async () => {
      for (const range of ['bytes=0-1,3-4', 'lines=0-1', 'bytes=a-b', 'bytes=-', 'bytes=1-2\u00e9', '']) {
        assert.deepEqual(await fetched(part(range)), [200, undefined, '0123456789'], range);
      }
    });

    it('only while the file is the one that the rest came from', async () => {
      assert.deepEqual(await fetched(part('bytes=2-4', '"v1"')), [206, 'bytes 2-4/10', '234']);
      assert.deepEqual(await fetched(part('bytes=2-4', '"v0"')), [200, undefined, '0123456789']);
      assert.deepEqual(
        await fetched(part('bytes=2-4', 'W/"v1"')),
        [200, undefined, '0123456789'],
        'weak ones match nothing',
      );
      assert.deepEqual(await fetched(part('bytes=2-4', stored)), [206, 'bytes 2-4/10', '234']);
      assert.deepEqual(await fetched(part('bytes=2-4', 'Sun, 01 Jan 2023 00:00:00 GMT')), [
        200,
        undefined,
        '0123456789',
      ]);
      assert.deepEqual(await fetched(part('bytes=2-4', 'yesterday')), [200, undefined, '0123456789']);
    });

    it('tells the length of what it does not send', async () => {
      const head: FileRequest = { method: 'HEAD', range: 'bytes=2-4', ifRange: null };
      const { status, headers, body } = await fetchFile(`${origin}/stored`, head, caller, confirm, signal);
      assert.deepEqual(
        [status, headers['content-length'], headers['content-range'], body],
        [200, '10', undefined, null],
      );
      content = '';
      const empty = await fetchFile(`${origin}/stored`, head, caller, confirm, signal);
      assert.deepEqual([empty.status, empty.headers['content-length'], empty.body], [200, '0', null]);
      content = '0123456789';
      await assert.rejects(fetchFile(`${origin}/a?status=403`, head, caller, confirm, signal), { code: 'not_found' });
    });
  });
});

let content = '0123456789';
const stored = 'Mon, 01 Jan 2024 00:00:00 GMT';

/** Storage as S3 is: it knows preconditions and single ranges, and only the method that was signed. */
function store(request: IncomingMessage, response: ServerResponse): void {
  const { status, headers, body } = answerOf(request);
  response.writeHead(status, { etag: '"v1"', 'last-modified': stored, ...headers }).end(body);
}

function answerOf({ method, headers }: IncomingMessage): { status: number; headers?: object; body: string } {
  const { range, 'if-match': tag, 'if-unmodified-since': since } = headers;
  if (method !== 'GET') return { status: 403, body: 'SignatureDoesNotMatch' };
  if (tag !== undefined && tag !== '"v1"') return { status: 412, body: 'PreconditionFailed' };
  if (since !== undefined && Date.parse(since) < Date.parse(stored)) return { status: 412, body: 'PreconditionFailed' };
  if (range === undefined) return { status: 200, body: content };
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? [];
  const first = from === '' ? Math.max(0, content.length - Number(to)) : Number(from);
  const last = from === '' || to === '' ? content.length - 1 : Math.min(Number(to), content.length - 1);
  const whole = `/${content.length}`;
  if (first > last) return { status: 416, headers: { 'content-range': `bytes *${whole}` }, body: 'InvalidRange' };
  const part = { 'content-range': `bytes ${first}-${last}${whole}` };
  return { status: 206, headers: part, body: content.slice(first, last + 1) };
}
