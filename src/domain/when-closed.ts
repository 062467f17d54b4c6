import type { Readable } from 'node:stream';

/**
 * Calls `then` once the stream is closed, in whatever way; at once if it is closed already. A listener alone would wait
 * for ever if the stream had ended before.
 */
export function whenClosed(stream: Readable, then: () => void): void {
  if (stream.closed) then();
  else stream.once('close', then);
}
