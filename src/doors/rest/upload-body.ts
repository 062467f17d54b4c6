import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Readable, Transform } from 'node:stream';
import { PortcullisError } from '../../domain/errors.ts';
import { ClientGone } from '../client-gone.ts';
import { type Pace, watchPace } from '../pace.ts';
import { restLimits } from './limits.ts';

/**
 * The body of an upload, apart from its request: when Notion answers before the end of it, or the connection to Notion is
 * lost, this stream is destroyed, and the request and its connection live on to carry the answer. What is left of the
 * request then flows into nothing.
 *
 * It ends with `too_large` when it grows beyond the limit, with `too_slow` when it comes too slowly, and with an error when
 * the client goes away. It is closed at the latest when the response is: nobody reads the body of a call that was denied.
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
  // Nobody may be reading yet, or any more: an error that nobody hears would end the process.
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
