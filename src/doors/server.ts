import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { KiB, secondMs } from '../domain/units.ts';
import { renderEnvelope } from '../notion/error-envelope.ts';
import type { createHostGuard } from './host-guard.ts';
import { cutSlowReader, leastPace } from './pace.ts';
import { isForRest, namesHostTwice, normaliseTarget } from './request-target.ts';
import { cutUnreadRest } from './unread-rest.ts';

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

export interface Doors {
  /** Notion's REST API: hot, so it sits on node:http directly. */
  readonly rest: RequestHandler;
  /** Everything else. */
  readonly others: RequestHandler;
  readonly hostGuard: ReturnType<typeof createHostGuard>;
}

/** Probes ask the address of a pod, not a name. Nothing is told here that depends on who asks in a browser's name. */
const healthPaths = /^\/(?:healthz|readyz|metrics)(?:\?|$)/;

/**
 * One HTTP server for all doors, with limits on headers and idle time (rule 29). Until there is a handler, requests are
 * told to come back: the port is known, and taken, before everything behind it is ready.
 */
export function createDoorServer(handler: () => RequestHandler | null): Server {
  const answering = new Set<Duplex>();
  const server = createServer(
    {
      maxHeaderSize: 16 * KiB,
      headersTimeout: 10 * secondMs,
      // A whole request, upload included.
      requestTimeout: 120 * secondMs,
      keepAliveTimeout: 65 * secondMs,
      connectionsCheckingInterval: 5 * secondMs,
      // Two of them are refused below: Node keeps the first.
      requireHostHeader: true,
      insecureHTTPParser: false,
    },
    (request, response) => {
      const handle = handler() ?? notYet;
      const { socket } = request;
      answering.add(socket);
      response.once('close', () => answering.delete(socket));
      handle(request, response);
    },
  );
  server.maxHeadersCount = 100;
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // In the midst of an answer another one would be taken for its content.
    if (!socket.writable || answering.has(socket)) {
      socket.destroy();
      return;
    }
    const status = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? '408 Request Timeout' : '400 Bad Request';
    socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  });
  return server;
}

/** Answers a request at the door that it is for. */
export function serveDoors({ rest, others, hostGuard }: Doors): RequestHandler {
  return (request, response) => {
    normaliseTarget(request);
    if (!healthPaths.test(request.url ?? '') && hostGuard(request, response)) return;
    if (isForRest(request.url ?? '')) return rest(request, response);
    cutSlowReader(request, response, leastPace);
    cutUnreadRest(request, response);
    // The REST door refuses these itself, and so they are in the log.
    if (namesHostTwice(request)) refuseHosts(response);
    else others(request, response);
  };
}

function refuseHosts(response: ServerResponse): void {
  const message = 'The header host was sent more than once.';
  const { status, headers, body } = renderEnvelope({ status: 400, code: 'invalid_request', message }, randomUUID());
  response.writeHead(status, { ...headers, 'content-length': body.length, connection: 'close' }).end(body);
}

function notYet(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(503, { 'retry-after': '1', 'content-length': 0, connection: 'close' }).end();
}

/** Listens, and answers with the port; 0 means any free one. */
export function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: 1024 }, () => {
      server.removeListener('error', reject);
      // A connection that could not be accepted (no file descriptor is left) is lost, and nothing else with it.
      server.on('error', () => {});
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Stops accepting, lets the requests under way end for at most `graceMs`, then closes what is left. */
export async function stopServer(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>(resolve => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(timer);
}
