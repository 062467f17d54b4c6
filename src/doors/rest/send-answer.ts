import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import type { Answer } from '../../domain/operation.ts';
import { restLimits } from './limits.ts';

/** Writes an answer. A stream that breaks breaks the connection: nothing else can tell the client by then. */
export function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  requestId: string,
  discardMs: number = restLimits.discardMs,
): void {
  const { body, status, headers } = answer;
  if (response.destroyed) {
    if (body !== null && !Buffer.isBuffer(body)) body.destroy();
    return;
  }
  cutUnreadBody(request, response, discardMs);
  const named = { 'x-notion-request-id': requestId, ...headers };
  if (body === null || Buffer.isBuffer(body)) {
    // The answer to `HEAD` tells the length of a body that it does not have.
    response.writeHead(status, { 'content-length': body?.length ?? 0, ...named });
    response.end(body);
    return;
  }
  response.writeHead(status, named);
  // The failure of a stream is in the log already: its closing entry says so.
  pipeline(body, response, () => {});
}

/**
 * A client still sending a body that nobody reads gets the answer first. The rest flows into nothing, and if it does not end
 * soon we end the connection: cutting it at once would lose the answer with it. By the time the answer is written, the
 * request may have ended in any way: the socket is taken from it now, and nothing is asked of the request later.
 */
function cutUnreadBody(request: IncomingMessage, response: ServerResponse, discardMs: number): void {
  if (request.complete || request.destroyed) return;
  const { socket } = request;
  request.unpipe();
  request.resume();
  response.once('finish', () => {
    if (request.complete || socket.destroyed) return;
    const timer = setTimeout(() => socket.destroy(), discardMs).unref();
    const over = () => clearTimeout(timer);
    request.once('end', over);
    socket.once('close', over);
  });
}
