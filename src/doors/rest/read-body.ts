import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { PortcullisError } from '../../domain/errors.ts';
import { formBoundary } from '../../domain/media-type.ts';
import type { Pace } from '../pace.ts';
import { readWhole } from '../whole-body.ts';
import { restLimits } from './limits.ts';
import { uploadBody } from './upload-body.ts';

/** A request body as it is passed on: JSON as a whole, a form as a stream. */
export type Body = Buffer | Readable;

/**
 * Reads the body of a request that has one. Throws `PortcullisError` `too_large` and `too_slow`, and `ClientGone`.
 */
export async function readBody(request: IncomingMessage, response: ServerResponse, pace: Pace): Promise<Body> {
  if (formBoundary(request.headers['content-type']) === null)
    return readWhole(request, { bytesMax: restLimits.jsonBytesMax, pace });
  if (Number(request.headers['content-length']) > restLimits.uploadBytesMax) throw new PortcullisError('too_large');
  return uploadBody(request, response, pace);
}
