// Callers that each send the next request when the last is answered, over kept-alive sockets of their own.
import { connect, type Socket } from 'node:net';
import { childReady } from '../child.ts';

export interface Load {
  readonly origin: string;
  readonly path: string;
  /** JSON that is posted; left out, the path is read. */
  readonly body?: string;
  readonly key: string;
  readonly callers: number;
  readonly ms: number;
}

export interface LoadResult {
  readonly perSecond: number;
  /** How many requests were answered. */
  readonly calls: number;
  /** Of each answered request, in milliseconds. */
  readonly latenciesMs: readonly number[];
  /** The first answer other than 200, if there was one. */
  readonly refusal: string | null;
}

process.on('message', async (load: Load) => process.send?.(await run(load)));
childReady(null);

async function run({ origin, path, key, callers, ms, body }: Load): Promise<LoadResult> {
  const { hostname, port, host } = new URL(origin);
  const head = [
    `${body === undefined ? 'GET' : 'POST'} ${path} HTTP/1.1`,
    ...[`host: ${host}`, `authorization: Bearer ${key}`, 'notion-version: 2025-09-03'],
    ...(body === undefined ? [] : ['content-type: application/json', `content-length: ${Buffer.byteLength(body)}`]),
  ];
  const request = Buffer.from(`${head.join('\r\n')}\r\n\r\n${body ?? ''}`);
  const sockets = await Promise.all(Array.from({ length: callers }, () => open(hostname, Number(port))));
  const latenciesMs: number[] = [];
  let refusal: string | null = null;
  const startedAt = performance.now();
  const until = startedAt + ms;
  await Promise.all(
    sockets.map(socket =>
      call(socket, request, until, latenciesMs, text => {
        refusal ??= text;
      }),
    ),
  );
  const seconds = (performance.now() - startedAt) / 1_000;
  for (const socket of sockets) socket.destroy();
  const calls = latenciesMs.length;
  return { perSecond: calls / seconds, calls, latenciesMs: callers === 1 ? latenciesMs : [], refusal };
}

function open(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    socket.once('connect', () => resolve(socket)).once('error', reject);
  });
}

/** Calls until the time is over. Rejects when the server closes the connection. */
function call(
  socket: Socket,
  request: Buffer,
  until: number,
  latenciesMs: number[],
  refuse: (text: string) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let received = '';
    let sentAt = 0;
    const send = () => {
      sentAt = performance.now();
      socket.write(request);
    };
    socket.on('error', reject).on('close', () => reject(new Error('the server closed a connection')));
    socket.on('data', bytes => {
      received += bytes.toString('latin1');
      const length = answerLength(received);
      if (length === null || received.length < length) return;
      const now = performance.now();
      latenciesMs.push(now - sentAt);
      if (!received.startsWith('HTTP/1.1 200')) refuse(received.slice(0, length));
      received = received.slice(length);
      if (now >= until) resolve();
      else send();
    });
    send();
  });
}

function answerLength(received: string): number | null {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd < 0) return null;
  const announced = /\r\ncontent-length: (\d+)\r\n/i.exec(received.slice(0, headEnd + 2))?.[1];
  if (announced !== undefined) return headEnd + 4 + Number(announced);
  const lastChunk = received.indexOf('\r\n0\r\n\r\n', headEnd);
  return lastChunk < 0 ? null : lastChunk + 7;
}
