import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, beforeEach, describe, it } from 'node:test';
import { until } from '../../test/until.ts';
import { createIsOurHost } from './host-guard.ts';
import { createDoorServer, serveDoors } from './server.ts';
import type { RecordUnread, UnreadRequest } from './unread-requests.ts';

describe('what is no request for any door', () => {
  let recorded: UnreadRequest[] = [];
  let record: RecordUnread;
  let served: IncomingMessage[] = [];
  const take = (request: IncomingMessage, response: ServerResponse) => {
    served.push(request);
    request.resume().once('end', () => response.end('taken'));
  };
  const server = createDoorServer(() => {
    const recordUnread: RecordUnread = request => record(request);
    const doors = { rest: take, mcp: take, others: take, isOurHost: createIsOurHost(['localhost']), recordUnread };
    return { handle: serveDoors({ ...doors, clientAddress: () => '192.0.2.1' }), recordUnread };
  });
  before(() => once(server.listen(0, '127.0.0.1'), 'listening'));
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    recorded = [];
    served = [];
    record = async request => void recorded.push(request);
  });

  const open = (): Socket => connect((server.address() as AddressInfo).port, '127.0.0.1');
  /** The whole answer to bytes as they stand on the wire. */
  const send = (bytes: string | Buffer): Promise<string> => {
    const socket = open();
    socket.write(bytes);
    return text(socket);
  };
  const bodyOf = (answer: string) => JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4));
  const reasons = () => recorded.map(({ reason }) => reason);

  for (const [name, bytes, status, reason] of [
    ['no HTTP', 'SSH-2.0-OpenSSH_10\r\n\r\n', 400, 'unreadable'],
    ['a TLS handshake', Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]), 400, 'unreadable'],
    ['U+0000 in the target', 'GET /a\0 HTTP/1.1\r\nhost: localhost\r\n\r\n', 400, 'unreadable'],
    ['U+0000 in a header', 'GET / HTTP/1.1\r\nhost: localhost\r\nx: \0\r\n\r\n', 400, 'unreadable'],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
      400,
      'unreadable',
    ],
    [
      '20 KB of headers',
      `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'too_large_head',
    ],
    ['no host', 'GET / HTTP/1.1\r\nconnection: close\r\n\r\n', 400, 'no_host'],
    ['another host', 'GET / HTTP/1.1\r\nhost: evil.example\r\n\r\n', 421, 'other_host'],
    ['a tunnel', 'CONNECT notion.com:443 HTTP/1.1\r\nhost: notion.com:443\r\n\r\n', 405, 'tunnel'],
  ] as const) {
    it(`${name} is answered, and recorded once`, async () => {
      const answer = await send(bytes);
      assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} [A-Z]`));
      const [entry] = recorded;
      assert.deepEqual(reasons(), [reason]);
      const body = bodyOf(answer);
      assert.deepEqual([body.object, body.status, body.request_id], ['error', status, entry?.requestId]);
      assert.ok(body.message.length > 20);
      assert.equal(entry?.clientAddress, ['no_host', 'other_host'].includes(reason) ? '192.0.2.1' : '127.0.0.1');
      assert.deepEqual(served, []);
    });
  }

  it('is not refused in words before it is in the log', async () => {
    record = async () => {
      throw new Error('the database is away');
    };
    for (const bytes of ['nonsense\r\n\r\n', 'GET / HTTP/1.1\r\nhost: evil.example\r\n\r\n']) {
      assert.match(await send(bytes), /^HTTP\/1\.1 503 .*service_unavailable/s);
    }
  });

  it('cuts a connection whose answer has begun, and records what came after', async () => {
    const socket = open();
    socket.write('POST / HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n');
    assert.equal(await text(socket).catch(() => ''), '');
    await until('the record', () => recorded.length === 1);
    assert.deepEqual(reasons(), ['unreadable']);
  });

  it('a request that does not come to its end is one, and a connection that nobody used is none', async () => {
    for (const [bytes, expected] of [
      ['GET / HTTP/1.1\r\n', ['unfinished']],
      ['', []],
    ] as const) {
      recorded = [];
      const connected = once(server, 'connection');
      const socket = open();
      const [accepted] = (await connected) as [Socket];
      socket.write(bytes);
      await until('the bytes', () => accepted.bytesRead === bytes.length);
      // What Node does at its next look, up to fifteen seconds from now.
      server.emit('clientError', Object.assign(new Error(), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), accepted);
      assert.match(await text(socket), bytes === '' ? /^$/ : /^HTTP\/1\.1 408 Request Timeout\r\n.*did not come/s);
      assert.deepEqual(reasons(), expected);
    }
  });

  it('what a client expects keeps no request from its door', async () => {
    const head = 'GET / HTTP/1.1\r\nhost: localhost\r\nexpect: the-unexpected\r\nconnection: close\r\n\r\n';
    assert.match(await send(head), /^HTTP\/1\.1 200 .*taken$/s);
    assert.equal(served.length, 1);
  });
});
