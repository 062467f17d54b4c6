import type { ServerResponse } from 'node:http';
import { type Fault, troubleOf } from '../control/faults.ts';
import { type Answer, jsonAnswer } from './answer.ts';
import { ApiError } from './errors.ts';

/** The envelope of an ordered error, with the rate-limit facts where Notion documents them. */
export function faultAnswer(fault: Fault, requestId: string): Answer {
  const status = fault.status ?? 500;
  const [code, message] = troubleOf(status);
  const wait = fault.retryAfterSeconds ?? (status === 429 || status === 529 ? 1 : null);
  const headers = wait === null ? {} : { 'retry-after': String(wait) };
  const reason = fault.rateLimitReason ?? 'public_api_request_rate_limit';
  const extra = status === 429 ? { additionalData: { rate_limit_reason: reason, retry_after: String(wait ?? 1) } } : {};
  return jsonAnswer(status, new ApiError(status, code, message, extra).envelope(requestId), headers);
}

/** Sends the headers of the whole answer and the first half of its body, then ends the connection. */
export function sendBroken(response: ServerResponse, requestId: string, answer: Answer): void {
  const body = Buffer.from(answer.body);
  response.writeHead(answer.status, {
    'content-type': answer.contentType,
    'content-length': body.length,
    'x-notion-request-id': requestId,
  });
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
}
