import { Readable } from 'node:stream';
import { KiB } from '../domain/units.ts';

const sliceBytes = 16 * KiB;
const wholeBytesMax = 64 * KiB;

/**
 * A large body, to be written a slice after another: of one that is written at once nobody can say how much a slow client has
 * taken. A small one stays as it is.
 */
export function sliced(body: Buffer): Buffer | Readable {
  return body.length <= wholeBytesMax ? body : Readable.from(slicesOf(body), { objectMode: false });
}

function* slicesOf(body: Buffer): Generator<Buffer> {
  for (let at = 0; at < body.length; at += sliceBytes) yield body.subarray(at, at + sliceBytes);
}
