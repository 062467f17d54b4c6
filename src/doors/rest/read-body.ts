import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { PortcullisError } from '../../domain/errors.ts';
import { formBoundary } from '../../domain/media-type.ts';
import { type Pace, watchPace } from '../pace.ts';
import { restLimits } from './limits.ts';
import { uploadBody } from './upload-body.ts';

/** A request body as it is handed on: JSON whole, a form as a stream. */
export type Body = Buffer | Readable | null;

/** Whether a request says that it has a body. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || !['0', undefined].includes(headers['content-length']);
}

/**
 * Reads the body of a request. Throws `PortcullisError` `too_large` and `too_slow`; any other error says that the client went
 * away in the middle of it.
 */
export async function readBody(request: IncomingMessage, pace: Pace): Promise<Body> {
  if (!hasBody(request)) return null;
  const length = Number(request.headers['content-length']);
  const form = formBoundary(request.headers['content-type']) !== null;
  if (length > (form ? restLimits.uploadBytesMax : restLimits.jsonBytesMax)) throw new PortcullisError('too_large');
  return form ? uploadBody(request, pace) : readWhole(request, pace);
}

async function readWhole(request: IncomingMessage, pace: Pace): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  let bytes = 0;
  const gone = () => reject(new Error('The client went away in the middle of its body.'));
  const take = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= restLimits.jsonBytesMax) chunks.push(chunk);
    else reject(new PortcullisError('too_large'));
  };
  const watch = watchPace(pace, {
    moved: () => bytes,
    waiting: () => true,
    onSlow: () => reject(new PortcullisError('too_slow')),
  });
  if (request.destroyed) gone();
  request.on('data', take).once('error', gone).once('close', gone);
  request.once('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, bytes)));
  try {
    return await promise;
  } finally {
    watch.stop();
    request.off('data', take);
  }
}
