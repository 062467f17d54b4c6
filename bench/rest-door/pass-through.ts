// The least that a proxy on Node can do: node:http in front, undici behind, nothing in between.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Dispatcher, Pool } from 'undici';
import { childArgument, childReady } from '../child.ts';

const { upstream } = childArgument<{ upstream: string }>();
const pool = new Pool(upstream, { connections: 128, pipelining: 1 });

class PassThrough implements Dispatcher.DispatchHandler {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  onRequestStart(): void {}

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Record<string, string | string[]>): void {
    this.#response.writeHead(status, headers);
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#response.write(chunk);
  }

  onResponseEnd(): void {
    this.#response.end();
  }

  onResponseError(): void {
    this.#response.destroy();
  }
}

const server = createServer((request, response) => {
  const { url: path = '/', method = 'GET', headers } = request;
  const { connection: _, host: __, ...forwarded } = headers;
  const body = method === 'GET' ? null : request;
  pool.dispatch({ path, method: method as Dispatcher.HttpMethod, headers: forwarded, body }, new PassThrough(response));
});
server.listen(0, '127.0.0.1', () => {
  childReady({ origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
