import { Readable } from 'node:stream';
import { KiB } from '../domain/units.ts';

const sliceBytes = 16 * KiB;
const wholeBytesMax = 64 * KiB;

/**
 * A large body, cut into slices: if it were written at once, we could not see how much a slow client has read. A small
 * one stays as it is.
 */
export function sliced(body: Buffer): Buffer | Readable {
  return body.length <= wholeBytesMax ? body : Readable.from(slicesOf(body), { objectMode: false });
}

function* slicesOf(body: Buffer): Generator<Buffer> {
  for (let at = 0; at < body.length; at += sliceBytes) yield body.subarray(at, at + sliceBytes);
}
