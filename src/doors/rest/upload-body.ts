import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Readable, Transform } from 'node:stream';
import { PortcullisError } from '../../domain/errors.ts';
import { ClientGone } from '../log-failure.ts';
import { type Pace, watchPace } from '../pace.ts';
import { restLimits } from './limits.ts';

/**
 * The body of an upload, separate from its request. If Notion answers before the end of it, or the connection to Notion
 * is lost, this stream is destroyed, but the request and its connection live on to carry the answer. The rest of the
 * request is then thrown away.
 *
 * It ends with `too_large` if it grows beyond the limit, with `too_slow` if it comes too slowly, and with an error if
 * the client goes away. It is closed at the latest with the response, because the body of a denied call is not read.
 */
export function uploadBody(request: IncomingMessage, response: ServerResponse, pace: Pace): Readable {
  let bytes = 0;
  const body = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > restLimits.uploadBytesMax) done(new PortcullisError('too_large'));
      else done(null, chunk);
    },
  });
  // The stream may have no reader yet, or none any more. An error event without a listener would end the process.
  body.on('error', () => {});
  const watch = watchPace(pace, {
    moved: () => bytes,
    waiting: () => body.readableFlowing !== null && !body.writableNeedDrain && !request.readableEnded,
    onSlow: () => body.destroy(new PortcullisError('too_slow')),
  });
  body.once('close', () => {
    watch.stop();
    request.resume();
  });
  response.once('close', () => body.destroy());
  const leave = () => {
    if (!request.readableEnded) body.destroy(new ClientGone());
  };
  if (request.destroyed) leave();
  else request.once('close', leave).pipe(body);
  return body;
}
