import { OAuthError } from '../oauth/oauth-error.ts';
import { ApiError } from './errors.ts';

/** What is written to the socket. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string | Buffer;
  /** Sent instead of `body`, as it comes, until it ends or the client leaves. */
  readonly stream?: ReadableStream<Uint8Array>;
  readonly headers?: Record<string, string>;
}

const JSON_TYPE = 'application/json; charset=utf-8';

export function jsonAnswer(status: number, body: object, headers?: Record<string, string>): Answer {
  return { status, contentType: JSON_TYPE, body: JSON.stringify(body), ...(headers === undefined ? {} : { headers }) };
}

/** A JSON object with the `request_id` that Notion adds at its end. */
export function identifiedAnswer(status: number, body: object, requestId: string): Answer {
  const json = JSON.stringify(body);
  const comma = json.length > 2 ? ',' : '';
  return { status, contentType: JSON_TYPE, body: `${json.slice(0, -1)}${comma}"request_id":"${requestId}"}` };
}

/** Errors keep the dialect of the endpoint that threw them; anything unexpected is a 500 of the emulator's own. */
export function errorAnswer(error: unknown, requestId: string): Answer {
  if (error instanceof ApiError) return jsonAnswer(error.status, error.envelope(requestId), error.headers);
  if (error instanceof OAuthError) return jsonAnswer(error.status, error.body(requestId));
  process.stderr.write(`emulator: ${error instanceof Error ? error.stack : String(error)}\n`);
  const broken = new ApiError(500, 'internal_server_error', 'Unexpected error occurred.');
  return jsonAnswer(500, broken.envelope(requestId));
}
