import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { PortcullisError } from '../../src/domain/errors.ts';
import type { Operation } from '../../src/domain/operation.ts';
import { anOperation } from '../fixtures.ts';
import { aDecidedCall, aWrite } from './a-decided-call.ts';
import { aForward } from './a-forward.ts';
import { ok, type RawRequest, rawServer } from './raw-server.ts';

const impatient = { headersMs: 1_000, silenceMs: 1_000, answerMs: 1_000, answerBytesMax: 1_000 };

/** What an upstream does after it has a whole request, and the errors for a read and for a write. */
const lies: readonly { name: string; answer: (request: RawRequest) => void; read: string }[] = [
  {
    name: 'closes the connection without a word',
    answer: ({ socket }) => socket.end(),
    read: 'upstream_unavailable',
  },
  {
    name: 'resets the connection',
    answer: ({ socket }) => socket.resetAndDestroy(),
    read: 'upstream_unavailable',
  },
  {
    name: 'never answers',
    answer: () => undefined,
    read: 'upstream_unavailable',
  },
  {
    name: 'stalls in the midst of the answer',
    answer: ({ socket }) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{"a"'),
    read: 'upstream_unavailable',
  },
  {
    name: 'cuts the answer short',
    answer: ({ socket }) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{"a"'),
    read: 'upstream_unavailable',
  },
  {
    name: 'cuts a chunked answer short',
    answer: ({ socket }) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\n{"a"\r\n'),
    read: 'upstream_unavailable',
  },
  {
    name: 'announces a larger answer than can be held',
    answer: ({ socket }) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1001\r\n\r\n'),
    read: 'upstream_refused',
  },
  {
    name: 'sends a larger answer than can be held without announcing it',
    answer: ({ socket }) => socket.write(`HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n${'x'.repeat(1_001)}`),
    read: 'upstream_refused',
  },
  {
    name: 'sends a header of 100 KB',
    answer: ({ socket }) => socket.write(`HTTP/1.1 200 OK\r\nx-padding: ${'x'.repeat(100_000)}\r\n\r\n`),
    read: 'upstream_refused',
  },
  {
    name: 'does not speak HTTP',
    answer: ({ socket }) => socket.write('220 mail.example ESMTP\r\n'),
    read: 'upstream_refused',
  },
  {
    name: 'answers with both a length and chunks',
    answer: ({ socket }) =>
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n'),
    read: 'upstream_refused',
  },
  {
    name: 'switches protocols',
    answer: ({ socket }) =>
      socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
    read: 'upstream_unavailable',
  },
];

async function outcome(server: { origin: string }, operation: Operation) {
  await using gate = aForward({ ...server, ...impatient });
  const error = await gate.forward(aDecidedCall(operation)).then(
    answer => assert.fail(`answered ${answer.status}`),
    error => error,
  );
  assert.ok(error instanceof PortcullisError, String(error));
  return { code: error.code, fate: error.details.fate };
}

describe('forward, when Notion', () => {
  for (const { name, answer, read } of lies) {
    it(`${name}: a read fails, and of a write nobody knows`, async () => {
      await using server = await rawServer(answer);
      const [ofRead, ofWrite] = await Promise.all([outcome(server, anOperation()), outcome(server, aWrite())]);
      assert.deepEqual(ofRead, { code: read, fate: 'failed' });
      assert.deepEqual(ofWrite, { code: 'upstream_unknown', fate: 'unknown' });
      assert.equal(server.heads.filter(head => head.startsWith('POST')).length, 1, 'a write is sent once');
    });
  }

  it('cannot be reached, nothing was sent', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const address = closed.address();
    closed.close();
    await once(closed, 'close');
    const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    for (const operation of [anOperation(), aWrite()]) {
      assert.deepEqual(await outcome({ origin }, operation), { code: 'upstream_unavailable', fate: 'not_sent' });
    }
  });

  it('drips an answer for ever, the whole answer has a deadline', async () => {
    await using server = await rawServer(({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n');
      const drip = setInterval(() => socket.write('x'), 20);
      socket.once('close', () => clearInterval(drip));
    });
    assert.deepEqual(await outcome(server, anOperation()), { code: 'upstream_unavailable', fate: 'failed' });
  });
});

describe('forward, on a kept-alive connection that Notion closes when the next request arrives', () => {
  /** Answers the first request of each connection, and drops the connection at the second. */
  const stale = ({ socket, nth }: RawRequest) => (nth === 1 ? socket.write(ok()) : socket.destroy());

  it('repeats a read once, on a new connection', async () => {
    await using server = await rawServer(stale);
    await using gate = aForward({ ...server, connections: 1 });
    await gate.forward(aDecidedCall());
    assert.equal((await gate.forward(aDecidedCall())).status, 200);
    assert.equal(server.heads.length, 3);
    assert.equal(server.accepted(), 2);
  });

  it('never repeats a write', async () => {
    await using server = await rawServer(stale);
    await using gate = aForward({ ...server, connections: 1 });
    await gate.forward(aDecidedCall());
    await assert.rejects(gate.forward(aDecidedCall(aWrite())), { code: 'upstream_unknown' });
    await gate.forward(aDecidedCall());
    assert.equal(server.heads.filter(head => head.startsWith('POST')).length, 1);
  });
});

describe('forward, when the client goes away', () => {
  it('cancels a read at Notion', async () => {
    const client = new AbortController();
    const closed = Promise.withResolvers<void>();
    await using server = await rawServer(({ socket }) => {
      socket.once('close', () => closed.resolve());
      client.abort();
    });
    await using gate = aForward(server);
    await assert.rejects(gate.forward(aDecidedCall(anOperation(), { signal: client.signal })), {
      code: 'upstream_unavailable',
    });
    await closed.promise;
    assert.equal(server.heads.length, 1);
  });

  it('lets a write run to its end', async () => {
    const client = new AbortController();
    await using server = await rawServer(({ socket }) => {
      client.abort();
      socket.write(ok());
    });
    await using gate = aForward(server);
    assert.equal((await gate.forward(aDecidedCall(aWrite(), { signal: client.signal }))).status, 200);
  });

  it('withdraws a read that still waits for a connection', async () => {
    const client = new AbortController();
    const release = Promise.withResolvers<void>();
    await using server = await rawServer(({ socket }) => void release.promise.then(() => socket.write(ok())));
    await using gate = aForward({ ...server, connections: 1 });
    const first = gate.forward(aDecidedCall());
    const second = gate.forward(aDecidedCall(anOperation(), { signal: client.signal }));
    client.abort();
    await assert.rejects(second, { code: 'upstream_unavailable' });
    release.resolve();
    await first;
    assert.equal(server.heads.length, 1);
  });
});
