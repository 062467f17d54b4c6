import type { IncomingMessage } from 'node:http';
import { PortcullisError } from '../domain/errors.ts';
import { ClientGone } from './log-failure.ts';
import { leastPace, type Pace, watchPace } from './pace.ts';

/** Whether a request says that it has a body. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || !['0', undefined].includes(headers['content-length']);
}

export interface WholeBodyOptions {
  readonly bytesMax: number;
  readonly pace?: Pace;
  /** Called with each piece before it is kept. It throws to stop the reading. */
  readonly take?: (bytes: number) => void;
}

/**
 * Reads a body that is held in memory. Throws `PortcullisError` `too_large` and `too_slow`, what `take` throws, and `ClientGone`.
 */
export async function readWhole(request: IncomingMessage, options: WholeBodyOptions): Promise<Buffer> {
  const { bytesMax, pace = leastPace, take = () => {} } = options;
  if (Number(request.headers['content-length']) > bytesMax) throw new PortcullisError('too_large');
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  let bytes = 0;
  const gone = () => reject(new ClientGone());
  const keep = (chunk: Buffer) => {
    bytes += chunk.length;
    try {
      if (bytes > bytesMax) throw new PortcullisError('too_large');
      take(chunk.length);
      chunks.push(chunk);
    } catch (error) {
      request.off('data', keep);
      reject(error);
    }
  };
  const watch = watchPace(pace, {
    moved: () => bytes,
    waiting: () => true,
    onSlow: () => reject(new PortcullisError('too_slow')),
  });
  if (request.destroyed) gone();
  request.on('data', keep).once('error', gone).once('close', gone);
  request.once('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
  try {
    return await promise;
  } finally {
    watch.stop();
    request.off('data', keep);
  }
}
