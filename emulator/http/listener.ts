import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { controlEndpoint, isControl } from '../control/endpoint.ts';
import type { Fault } from '../control/faults.ts';
import type { Emulation } from '../emulation.ts';
import { createMcpEndpoint } from '../mcp/endpoint.ts';
import { oauthEndpoint } from '../oauth/endpoints.ts';
import { type Answer, errorAnswer } from './answer.ts';
import type { Exchange } from './exchange.ts';
import { faultAnswer, sendBroken } from './fault-answer.ts';
import { filesEndpoint } from './files-endpoint.ts';
import { ClientGone } from './read-body.ts';
import { createRestEndpoint } from './rest-endpoint.ts';

/** The emulator's whole HTTP surface as a `node:http` listener. */
export function createListener(emulation: Emulation): (request: IncomingMessage, response: ServerResponse) => void {
  const rest = createRestEndpoint(emulation);
  const mcp = createMcpEndpoint(emulation);
  return (request, response) => {
    const target = request.url ?? '/';
    const mark = target.indexOf('?');
    const exchange: Exchange = {
      request,
      method: request.method ?? 'GET',
      path: mark < 0 ? target : target.slice(0, mark),
      query: mark < 0 ? '' : target.slice(mark + 1),
      requestId: randomUUID(),
      botId: null,
      operation: null,
      credential: 'none',
      bodyBytes: 0,
    };
    if (isControl(exchange)) {
      void controlEndpoint(emulation, exchange).then(answer => send(response, exchange, answer));
      return;
    }
    void serve(emulation, exchange, response, mcp(exchange.path) ?? rest);
  };
}

type Endpoint = (exchange: Exchange) => Promise<Answer>;

function endpointOf(emulation: Emulation, path: string, rest: Endpoint): Endpoint {
  if (path.startsWith('/v1/oauth/')) return exchange => oauthEndpoint(emulation, exchange);
  if (path.startsWith('/_files/')) return exchange => filesEndpoint(emulation, exchange);
  return rest;
}

async function serve(
  emulation: Emulation,
  exchange: Exchange,
  response: ServerResponse,
  rest: Endpoint,
): Promise<void> {
  const fault = emulation.faults.take(exchange.method, exchange.path);
  const endpoint = endpointOf(emulation, exchange.path, rest);
  try {
    const answer =
      fault === null ? await answerOf(endpoint, exchange) : await troubled(emulation, fault, endpoint, exchange);
    record(emulation, exchange, answer === null ? 0 : answer.status, fault);
    if (answer === null) response.socket?.resetAndDestroy();
    else if (fault?.kind === 'truncate') sendBroken(response, exchange.requestId, answer);
    else send(response, exchange, answer);
  } catch (error) {
    // Nothing that one client does may end the emulator for the others.
    if (!(error instanceof ClientGone)) process.stderr.write(`emulator: ${String(error)}\n`);
    response.destroy();
  }
}

async function answerOf(endpoint: Endpoint, exchange: Exchange): Promise<Answer> {
  try {
    return await endpoint(exchange);
  } catch (error) {
    if (error instanceof ClientGone) throw error;
    return errorAnswer(error, exchange.requestId);
  }
}

/** The answer under a fault; `null` where the connection is to be reset. */
async function troubled(
  emulation: Emulation,
  fault: Fault,
  endpoint: Endpoint,
  exchange: Exchange,
): Promise<Answer | null> {
  const effect = fault.when === 'after' || fault.kind === 'truncate' ? await answerOf(endpoint, exchange) : null;
  if (fault.kind === 'stall') await emulation.faults.stalled();
  if (fault.kind === 'delay') await new Promise(resolve => setTimeout(resolve, fault.delayMs ?? 0));
  if (fault.kind === 'reset') return null;
  if (fault.kind === 'respond') return faultAnswer(fault, exchange.requestId);
  return effect ?? (await answerOf(endpoint, exchange));
}

function record(emulation: Emulation, exchange: Exchange, status: number, fault: Fault | null): void {
  const headers = exchange.request.headers;
  emulation.log.add({
    method: exchange.method,
    path: exchange.path,
    query: exchange.query,
    status,
    credential: exchange.credential,
    botId: exchange.botId,
    operation: exchange.operation,
    version: single(headers['notion-version']),
    userAgent: headers['user-agent'] ?? null,
    bodyBytes: exchange.bodyBytes,
    requestId: exchange.requestId,
    at: emulation.world.clock.now(),
    fault: fault?.kind ?? null,
  });
}

function single(header: string | string[] | undefined): string | null {
  return typeof header === 'string' ? header : null;
}

function send(response: ServerResponse, exchange: Exchange, answer: Answer): void {
  if (response.destroyed) return;
  if (answer.stream !== undefined) {
    sendStream(response, exchange, answer, answer.stream);
    return;
  }
  response.writeHead(answer.status, {
    'content-type': answer.contentType,
    'content-length': Buffer.byteLength(answer.body),
    'x-notion-request-id': exchange.requestId,
    ...answer.headers,
  });
  response.end(answer.body);
}

function sendStream(
  response: ServerResponse,
  exchange: Exchange,
  answer: Answer,
  stream: ReadableStream<Uint8Array>,
): void {
  response.writeHead(answer.status, {
    'content-type': answer.contentType,
    'x-notion-request-id': exchange.requestId,
    ...answer.headers,
  });
  // A client that leaves ends the stream; that is no error.
  pipeline(Readable.fromWeb(stream), response, () => undefined);
}
