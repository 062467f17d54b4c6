import type { IncomingMessage } from 'node:http';
import { type Readable, Transform } from 'node:stream';
import { PortcullisError } from '../../domain/errors.ts';
import { type Pace, watchPace } from '../pace.ts';
import { restLimits } from './limits.ts';

/**
 * The body of an upload, apart from its request: when Notion answers before the end of it, or the connection to Notion is
 * lost, this stream is destroyed, and the request and its connection live on to carry the answer. What is left of the
 * request then flows into nothing.
 *
 * It ends with `too_large` when it grows beyond the limit, with `too_slow` when it comes too slowly, and with an error when
 * the client goes away.
 */
export function uploadBody(request: IncomingMessage, pace: Pace): Readable {
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
  const leave = () => {
    if (!request.readableEnded) body.destroy(new Error('The client went away in the middle of its upload.'));
  };
  if (request.destroyed) leave();
  else request.once('close', leave).pipe(body);
  return body;
}
