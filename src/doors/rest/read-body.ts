import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable, Transform } from 'node:stream';
import { isForm } from '../../notion/classify.ts';
import { restLimits } from './limits.ts';

/** A request body as it is handed on: JSON whole, a form as a stream, `too_large` when it was not read to its end. */
export type Body = Buffer | Readable | null | 'too_large';

/** Rejects only when the client goes away in the middle of its body. */
export async function readBody(request: IncomingMessage): Promise<Body> {
  const { headers } = request;
  const length = headers['content-length'];
  if (headers['transfer-encoding'] === undefined && (length === undefined || length === '0')) return null;
  if (isForm(headers['content-type'])) return streamForm(request, length);
  return Number(length) > restLimits.jsonBytesMax ? 'too_large' : readWhole(request);
}

/** A form says how long it is, or is counted on its way: one that grows too long ends before its end. */
function streamForm(request: IncomingMessage, length: string | undefined): Body {
  if (length !== undefined) return Number(length) > restLimits.uploadBytesMax ? 'too_large' : request;
  let bytes = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > restLimits.uploadBytesMax) done(new Error('The upload is too large.'));
      else done(null, chunk);
    },
  });
  return pipeline(request, counted, () => {});
}

function readWhole(request: IncomingMessage): Promise<Buffer | 'too_large'> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= restLimits.jsonBytesMax) chunks.push(chunk);
      else {
        request.removeAllListeners('data').pause();
        resolve('too_large');
      }
    });
    request.once('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, bytes)));
    request.once('error', reject);
    request.once('close', () => reject(new Error('The client went away in the middle of its body.')));
  });
}
