import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import type { Answer } from '../../domain/operation.ts';
import { sliced } from '../sliced.ts';
import { cutUnreadRest } from '../unread-rest.ts';

/**
 * Writes an answer. If a stream breaks, the connection is broken too: by then there is no other way to tell the client.
 */
export function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  requestId: string,
  discardMs?: number,
): void {
  const { body, status, headers } = answer;
  if (response.destroyed) {
    if (body !== null && !Buffer.isBuffer(body)) body.destroy();
    return;
  }
  // The client may not read before it has sent everything.
  if (!request.complete) request.unpipe().resume();
  cutUnreadRest(request, response, discardMs);
  const named = { 'x-notion-request-id': requestId, ...headers };
  const isWhole = body === null || Buffer.isBuffer(body);
  // The answer to `HEAD` states the length of a body that it does not have.
  response.writeHead(status, isWhole ? { 'content-length': body?.length ?? 0, ...named } : named);
  const content = Buffer.isBuffer(body) ? sliced(body) : body;
  if (content === null || Buffer.isBuffer(content)) response.end(content);
  // The failure of a stream is in the log already: its closing entry says so.
  else pipeline(content, response, () => {});
}
