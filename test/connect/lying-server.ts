import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One answer of the server; `body` goes out as JSON unless it is text. */
export interface Lie {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** An HTTP server that says whatever it is told to, and remembers what it was asked. */
export interface LyingServer {
  readonly url: string;
  readonly heard: Heard[];
  /** By path, or `METHOD path`. What is not there is 404. */
  readonly says: Map<string, Lie | ((heard: Heard) => Lie)>;
  close(): Promise<void>;
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
    const text = typeof lie.body === 'string' ? lie.body : JSON.stringify(lie.body ?? {});
    response.writeHead(lie.status ?? 200, { 'content-type': 'application/json', ...lie.headers }).end(text);
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
