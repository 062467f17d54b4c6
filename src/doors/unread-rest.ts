import type { IncomingMessage, ServerResponse } from 'node:http';
import { secondMs } from '../domain/units.ts';

/** How long the rest of a body is thrown away after its answer: long enough to deliver that. */
const discardMs = 5 * secondMs;

/**
 * A client that still sends a body which is not read gets the answer first. The rest of the body is thrown away; if it
 * does not end soon, the connection is ended. Cutting it at once would lose the answer. When the answer is written, the
 * request may have ended in any way: so its socket is taken now, and the request is not used later.
 */
export function cutUnreadRest(request: IncomingMessage, response: ServerResponse, afterMs: number = discardMs): void {
  if (request.complete || request.destroyed) return;
  const { socket } = request;
  response.once('finish', () => {
    if (request.complete || socket.destroyed) return;
    request.unpipe();
    request.resume();
    const timer = setTimeout(() => socket.destroy(), afterMs).unref();
    // A connection carries many requests, and must not keep a listener of each.
    const over = () => {
      clearTimeout(timer);
      socket.off('close', over);
      request.off('end', over);
    };
    request.once('end', over);
    socket.once('close', over);
  });
}
