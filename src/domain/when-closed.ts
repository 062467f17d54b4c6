import type { Readable } from 'node:stream';

/**
 * Calls `then` once the stream is closed, however it ended; at once if it is closed already. A listener alone would wait
 * for ever for a stream that ended before anybody listened.
 */
export function whenClosed(stream: Readable, then: () => void): void {
  if (stream.closed) then();
  else stream.once('close', then);
}
