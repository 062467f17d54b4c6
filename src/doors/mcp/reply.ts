import type { ServerResponse } from 'node:http';
import type { RequestId } from './read-message.ts';

type Headers = Readonly<Record<string, string>>;

/** Writes one answer of the protocol: as JSON or, if progress was sent before, at the end of an event stream. */
export interface Reply {
  readonly sent: boolean;
  /** Reports the progress of a request. Does nothing if the client did not ask for it, or cannot read it. */
  progress(done: number, total: number): void;
  /** @param result JSON */
  result(id: RequestId, result: Buffer | string): void;
  error(
    status: number,
    id: RequestId | null,
    error: { code: number; message: string; data?: object | undefined },
    headers?: Headers,
  ): void;
  /** An answer without a body. */
  empty(status: number, headers?: Headers): void;
}

/** @param progressToken the token under which the client wants progress; undefined: it wants none */
export function createReply(
  response: ServerResponse,
  options: { progressToken?: RequestId | undefined; mayStream: boolean },
): Reply {
  const { progressToken, mayStream } = options;
  const streams = progressToken !== undefined && mayStream;

  function send(status: number, body: Buffer, headers: Headers = {}): void {
    if (response.writableEnded || response.destroyed) return;
    if (response.headersSent) response.end(event(body));
    else response.writeHead(status, { ...ofJson, ...headers, 'content-length': body.length }).end(body);
  }

  return {
    get sent() {
      return response.headersSent;
    },
    progress(progress, total) {
      if (!streams || response.destroyed) return;
      if (!response.headersSent) response.writeHead(200, ofStream);
      const params = { progressToken, progress, total };
      response.write(event(Buffer.from(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/progress', params }))));
    },
    result: (id, result) => send(200, Buffer.from(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result}}`)),
    error: (status, id, error, headers) =>
      send(status, Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, error })), headers),
    empty(status, headers = {}) {
      if (!response.destroyed) response.writeHead(status, { 'content-length': 0, ...headers }).end();
    },
  };
}

const common = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
const ofJson = { ...common, 'content-type': 'application/json' };
const ofStream = { ...common, 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' };

/** JSON as `JSON.stringify` writes it has no line breaks, and so is one line of an event. */
function event(body: Buffer): string {
  return `event: message\ndata: ${body}\n\n`;
}
