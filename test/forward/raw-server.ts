import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** One request as it arrived, and the socket to answer on however one likes. */
export interface RawRequest {
  readonly head: string;
  readonly socket: Socket;
  /** Which request on this connection it is, from 1. */
  readonly nth: number;
}

export interface RawServer extends AsyncDisposable {
  readonly origin: string;
  /** The heads of all requests so far. */
  readonly heads: string[];
  /** How many connections were made so far. */
  readonly accepted: () => number;
}

/**
 * A server on a bare socket, for answers that no HTTP library would give. A request is complete with its head and as
 * many bytes as `content-length` says; chunked bodies are complete with their last chunk.
 */
export async function rawServer(answer: (request: RawRequest) => void): Promise<RawServer> {
  const heads: string[] = [];
  const sockets = new Set<Socket>();
  let accepted = 0;
  const server = createServer(socket => {
    accepted++;
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    let received = '';
    let nth = 0;
    socket.on('data', bytes => {
      received += bytes.toString('latin1');
      for (let length = requestLength(received); length !== null; length = requestLength(received)) {
        const head = received.slice(0, received.indexOf('\r\n\r\n'));
        received = received.slice(length);
        heads.push(head);
        answer({ head, socket, nth: ++nth });
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heads,
    accepted: () => accepted,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function requestLength(received: string): number | null {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd < 0) return null;
  const bodyStart = headEnd + 4;
  const head = received.slice(0, headEnd);
  if (/^transfer-encoding: chunked$/im.test(head)) {
    const end = received.indexOf('0\r\n\r\n', bodyStart);
    return end < 0 ? null : end + 5;
  }
  const length = bodyStart + Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
  return received.length < length ? null : length;
}

/** A complete answer of 200 with a JSON body. */
export function ok(body = '{"object":"page"}'): string {
  return `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}

export function status(code: number, headers: readonly string[] = []): string {
  return [`HTTP/1.1 ${code} Something`, ...headers, 'content-length: 2', '', '{}'].join('\r\n');
}
