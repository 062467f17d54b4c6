import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket, createServer as tcpServer } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { PortcullisError } from '../../src/domain/errors.ts';
import type { Answer, Call } from '../../src/domain/operation.ts';
import { knownBodiesMax } from '../../src/doors/known-bodies.ts';
import { restLimits } from '../../src/doors/rest/limits.ts';
import { createRestDoor } from '../../src/doors/rest/rest-door.ts';
import { aCaller } from '../fixtures.ts';
import { aDecidedCall } from '../forward/a-decided-call.ts';
import { type AForward, aForward } from '../forward/a-forward.ts';
import { memoryLinks } from './memory-links.ts';

const path = '/v1/file_uploads/0f1e2d3c-4b5a-4678-8a9b-0c1d2e3f4a5b/send';
const form = 'content-type: multipart/form-data; boundary=x';
const piece = 'a'.repeat(1_000);

/** What stands for Notion does with a connection when the head of a request has come, before its body has. */
type EarlyAnswer = (socket: Socket) => void;
const answers: Readonly<Record<string, { answer: EarlyAnswer; status: number }>> = {
  'answers 200': { answer: answering(200), status: 200 },
  'answers 400': { answer: answering(400), status: 400 },
  'answers 429': { answer: answering(429), status: 429 },
  'answers 503': { answer: answering(503), status: 503 },
  'answers 400 and closes': { answer: socket => socket.end(answer(400)), status: 400 },
  'resets the connection': { answer: socket => socket.resetAndDestroy(), status: 504 },
  'closes the connection': { answer: socket => socket.destroy(), status: 504 },
  // Then we wait for the client.
  'says nothing': { answer: () => {}, status: 408 },
};

/** A body that does not end. */
const bodies: Readonly<Record<string, readonly string[]>> = {
  'in chunks': ['transfer-encoding: chunked', '', `3e8\r\n${piece}\r\n`],
  'of a length': ['content-length: 500000', '', piece],
};

let notion: { server: ReturnType<typeof tcpServer>; origin: string };
let answerEarly: EarlyAnswer = () => {};
let gate: AForward;
let door: Server;
/** What stands for the path: it sends what it is given, or refuses it. */
let pass: (call: Call) => Promise<Answer>;
const surprises: unknown[] = [];
const noteSurprise = (error: unknown) => surprises.push(error);

before(async () => {
  const server = tcpServer(socket => {
    socket.on('error', () => socket.destroy());
    let head = '';
    socket.on('data', bytes => {
      if (head.includes('\r\n\r\n')) return;
      head += bytes.toString('latin1');
      if (head.includes('\r\n\r\n')) answerEarly(socket);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  notion = { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  const known = aCaller();
  gate = aForward({ origin: notion.origin, headersMs: 300 });
  const nothing = async () => Promise.reject(new Error('no files here'));
  const rest = createRestDoor({
    gateway: call => pass(call),
    identify: async () => known,
    files: { links: memoryLinks(() => new Date()).links, mode: 'key', open: nothing },
    clientAddress: () => '127.0.0.1',
    log: { warn() {}, error() {} },
    discardMs: 50,
    pace: { graceMs: 300, bytesPerSecond: 1_000_000 },
  });
  door = createServer(rest).listen(0, '127.0.0.1');
  await once(door, 'listening');
  process.on('uncaughtException', noteSurprise);
});
after(async () => {
  process.off('uncaughtException', noteSurprise);
  door.closeAllConnections();
  door.close();
  await gate[Symbol.asyncDispose]();
  notion.server.close();
});

function answer(status: number): string {
  return `HTTP/1.1 ${status} Early\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}`;
}

function answering(status: number): EarlyAnswer {
  return socket => void socket.write(answer(status));
}

const forwarding = (call: Call) => gate.forward(aDecidedCall(call.operation, { signal: call.signal }));
const denying = () => Promise.reject(new PortcullisError('restricted', 'No.'));
const failing = () => Promise.reject(new Error('a defect'));

/** Sends the head of an upload and as much of its body as is given. */
function beginUpload(lines: readonly string[], allowHalfOpen = false): Socket {
  const socket = connect({ port: (door.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen });
  socket.on('error', () => {});
  socket.write(
    [`POST ${path} HTTP/1.1`, 'host: 127.0.0.1', 'authorization: Bearer pcl_x', form, ...lines].join('\r\n'),
  );
  return socket;
}

/** The status that a client gets, and that its connection ends although its body never did. */
async function statusOf(socket: Socket): Promise<number> {
  const answered = await text(socket);
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answered)?.[1]);
}

async function assertServing(): Promise<void> {
  pass = async () => ({ status: 200, headers: {}, body: null });
  const socket = connect((door.address() as AddressInfo).port, '127.0.0.1');
  socket.write('GET /v1/users HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n');
  assert.equal(await statusOf(socket), 200, 'the door goes on');
  assert.deepEqual(surprises, [], 'nothing went past everybody who could have handled it');
}

describe('an upload that is answered before its end', () => {
  for (const [what, { answer: early, status }] of Object.entries(answers)) {
    for (const [body, lines] of Object.entries(bodies)) {
      it(`gets the answer when Notion ${what}, with a body ${body}`, async () => {
        answerEarly = early;
        pass = forwarding;
        assert.equal(await statusOf(beginUpload(lines)), status);
        await assertServing();
      });

      it(`harms nobody when the client goes away while Notion ${what}, with a body ${body}`, async () => {
        const gone = Promise.withResolvers<void>();
        answerEarly = socket => {
          client.resetAndDestroy();
          early(socket);
        };
        pass = call => forwarding(call).finally(() => gone.resolve());
        const client = beginUpload(lines);
        await gone.promise;
        await assertServing();
      });
    }
  }

  for (const [what, refuse] of Object.entries({ 'it is denied': denying, 'the path fails': failing })) {
    for (const [body, lines] of Object.entries(bodies)) {
      it(`gets the answer when ${what}, with a body ${body}`, async () => {
        pass = refuse;
        assert.ok([403, 500].includes(await statusOf(beginUpload(lines))));
        await assertServing();
      });
    }
  }

  it('gets 413 when it grows beyond the limit without having said so', async () => {
    answerEarly = () => {};
    pass = forwarding;
    const socket = beginUpload(['transfer-encoding: chunked', '', '']);
    const chunk = `10000\r\n${'a'.repeat(0x10000)}\r\n`;
    const tooMany = Math.ceil(restLimits.uploadBytesMax / 0x10000) + 2;
    Readable.from(Array.from({ length: tooMany }, () => chunk)).pipe(socket, { end: false });
    assert.equal(await statusOf(socket), 413);
    await assertServing();
  });

  it('leaves the connection to its client when the body ends after all', async () => {
    answerEarly = answering(200);
    pass = forwarding;
    const socket = beginUpload(['content-length: 2000', '', piece]);
    const [first] = await once(socket, 'data');
    assert.match(String(first), /^HTTP\/1\.1 200/);
    socket.write(`${piece}GET /v1/users HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n`);
    pass = async () => ({ status: 204, headers: {}, body: null });
    assert.equal(await statusOf(socket), 204);
    await assertServing();
  });

  for (const [what, refuse] of Object.entries({ 'it is denied': denying, 'the path fails': failing })) {
    it(`holds nothing any more when it came whole and ${what}`, async () => {
      const whole = ['content-length: 1000', 'connection: close', '', piece];
      for (let count = 0; count < knownBodiesMax.each; count++) {
        pass = refuse;
        assert.ok([403, 500].includes(await statusOf(beginUpload(whole))));
      }
      pass = async ({ operation: { problem } }) => ({ status: problem === null ? 200 : 429, headers: {}, body: null });
      assert.equal(await statusOf(beginUpload(whole)), 200);
    });
  }

  // Node sends no answer to a client that has closed its half; the request must end anyway.
  const halfClosed = { ...bodies, 'that is whole': ['content-length: 1000', '', piece] };
  for (const [body, lines] of Object.entries(halfClosed)) {
    it(`harms nobody when its client closes its half of the connection after a body ${body}`, async () => {
      const over = Promise.withResolvers<void>();
      answerEarly = () => {};
      pass = call => forwarding(call).finally(() => over.resolve());
      const socket = beginUpload(lines, true);
      socket.end();
      await Promise.all([over.promise, text(socket)]);
      await assertServing();
    });
  }
});
