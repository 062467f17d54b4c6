import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { AuditMode } from '../domain/audit-mode.ts';
import { KiB, secondMs } from '../domain/units.ts';
import type { ClientAddress } from '../net/client-address.ts';
import type { IsOurHost } from './host-guard.ts';
import { cutSlowReader, leastPace } from './pace.ts';
import { isForMcp, isForRest, normaliseTarget } from './request-target.ts';
import { type RecordUnread, refuseBytes, refuseUnread, type UnreadReason } from './unread-requests.ts';
import { cutUnreadRest } from './unread-rest.ts';

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

export interface Doors {
  /** Notion's REST API: hot, so it sits on node:http directly. */
  readonly rest: RequestHandler;
  /** The Model Context Protocol. */
  readonly mcp: RequestHandler;
  /** Everything else. */
  readonly others: RequestHandler;
  readonly isOurHost: IsOurHost;
  readonly clientAddress: ClientAddress;
  readonly recordUnread: RecordUnread;
  /** Every answer says it, unless it is strict. */
  readonly auditMode?: AuditMode;
}

/** The parts behind a server. */
export interface Served {
  readonly handle: RequestHandler;
  readonly recordUnread: RecordUnread;
}

/** Probes use the address of a pod, not a name. These answers do not depend on a browser's credentials. */
const healthPaths = /^\/(?:healthz|readyz|metrics)(?:\?|$)/;

/**
 * One HTTP server for all doors, with limits on headers and idle time (rule 29). Until there is a handler, requests get
 * the answer to come back: the port is known, and taken, before the parts behind it are ready. Bytes that Node's parser
 * cannot read are answered here, and recorded as soon as there is a log.
 */
export function createDoorServer(behind: () => Served | null): Server {
  const answering = new Set<Duplex>();
  const refused = new WeakSet<Duplex>();
  const serve: RequestHandler = (request, response) => {
    const handle = behind()?.handle ?? notYet;
    const { socket } = request;
    answering.add(socket);
    response.once('close', () => answering.delete(socket));
    handle(request, response);
  };
  const refuse = (socket: Socket, reason: UnreadReason, how: { silent: boolean }) => {
    refused.add(socket);
    void refuseBytes(socket, reason, behind()?.recordUnread ?? (async () => {}), how);
  };
  const server = createServer(
    {
      maxHeaderSize: 16 * KiB,
      headersTimeout: 10 * secondMs,
      // A whole request, upload included.
      requestTimeout: 120 * secondMs,
      keepAliveTimeout: 65 * secondMs,
      connectionsCheckingInterval: 5 * secondMs,
      // Node would refuse it with an empty answer, and no entry in our log.
      requireHostHeader: false,
      insecureHTTPParser: false,
    },
    serve,
  );
  // What a client expects beside `100-continue` is no reason for Node's empty 417.
  server.on('checkExpectation', serve);
  server.on('connect', (_request, socket) => refuse(socket as Socket, 'tunnel', { silent: false }));
  server.maxHeadersCount = 100;
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const reason = reasonOf(error);
    const silent = !socket.writable || answering.has(socket);
    // A connection that broke, or that was opened and never used, is no request. If a door has it, the door reports it.
    const isRequest = reason !== null && !(reason === 'unfinished' && (silent || (socket as Socket).bytesRead === 0));
    if (!isRequest) socket.destroy();
    else if (!refused.has(socket)) refuse(socket as Socket, reason, { silent });
  });
  return server;
}

/** Node's codes: https://nodejs.org/api/http.html#event-clienterror. Null for an error of the connection itself. */
function reasonOf({ code = '' }: NodeJS.ErrnoException): UnreadReason | null {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'unfinished';
  if (code === 'HPE_HEADER_OVERFLOW') return 'too_large_head';
  return code.startsWith('HPE_') ? 'unreadable' : null;
}

/** Gives a request to its door, which answers it. */
export function serveDoors({
  rest,
  mcp,
  others,
  isOurHost,
  clientAddress,
  recordUnread,
  auditMode = 'strict',
}: Doors): RequestHandler {
  return (request, response) => {
    if (auditMode !== 'strict') response.setHeader('portcullis-audit', auditMode);
    normaliseTarget(request);
    const reason = reasonToRefuse(request);
    if (reason !== null) {
      return void refuseUnread(response, { reason, clientAddress: clientAddress(request) }, recordUnread);
    }
    if (isForMcp(request.url ?? '')) return mcp(request, response);
    if (isForRest(request.url ?? '')) return rest(request, response);
    cutSlowReader(request, response, leastPace);
    cutUnreadRest(request, response);
    others(request, response);
  };

  function reasonToRefuse(request: IncomingMessage): UnreadReason | null {
    const { host } = request.headers;
    if (host === undefined && request.httpVersion !== '1.0') return 'no_host';
    return isOurHost(request) || healthPaths.test(request.url ?? '') ? null : 'other_host';
  }
}

function notYet(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(503, { 'retry-after': '1', 'content-length': 0, connection: 'close' }).end();
}

/** Listens, and returns the port; 0 means any free one. */
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

/** Stops accepting, gives running requests at most `graceMs` to end, then closes the rest. */
export async function stopServer(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>(resolve => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(timer);
}
