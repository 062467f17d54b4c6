import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One answer of the server; `body` goes out as JSON unless it is text or bytes. */
export interface Lie {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Sends one byte of the body each so many milliseconds, and never the last. */
  readonly tricklesEveryMs?: number;
  /** Cuts the connection instead of answering. */
  readonly cuts?: boolean;
}

export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** An HTTP server that answers as the test says, and remembers the requests. */
export interface LyingServer {
  readonly url: string;
  readonly heard: Heard[];
  /** By path, or `METHOD path`. What is not there is 404. */
  readonly says: Map<string, Lie | ((heard: Heard) => Lie)>;
  close(): Promise<void>;
}

function trickle(response: ServerResponse, said: Buffer, everyMs: number): void {
  let sent = 0;
  const timer = setInterval(() => {
    if (sent < said.length - 1) response.write(said.subarray(sent, ++sent));
  }, everyMs);
  response.once('close', () => clearInterval(timer));
}

export async function startLyingServer(): Promise<LyingServer> {
  const heard: Heard[] = [];
  const says: LyingServer['says'] = new Map();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url = '', headers } = request;
    const one = { method, path: url, headers, body: Buffer.concat(chunks).toString() };
    heard.push(one);
    const found = says.get(`${method} ${url}`) ?? says.get(url) ?? { status: 404, body: {} };
    const lie = typeof found === 'function' ? found(one) : found;
    if (lie.cuts) return void request.socket.destroy();
    const plain = typeof lie.body === 'string' || lie.body instanceof Uint8Array;
    const said = Buffer.from(plain ? (lie.body as string) : JSON.stringify(lie.body ?? {}));
    response.writeHead(lie.status ?? 200, { 'content-type': 'application/json', ...lie.headers });
    if (lie.tricklesEveryMs === undefined) response.end(said);
    else trickle(response, said, lie.tricklesEveryMs);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard,
    says,
    async close() {
      const closed = new Promise(resolve => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
