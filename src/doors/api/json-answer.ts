import { hintOf, PortcullisError } from '../../domain/errors.ts';
import type { Answer } from '../../domain/operation.ts';

const headers = {
  'content-type': 'application/json; charset=utf-8',
  // Every answer is about one caller.
  'cache-control': 'no-store',
} as const;

/** Turns the value of a command into an answer. `undefined` is 204 No Content. */
export function jsonAnswer(value: unknown, status = 200): Answer {
  if (value === undefined) return { status: 204, headers: { 'cache-control': 'no-store' }, body: null };
  return { status, headers, body: Buffer.from(JSON.stringify(value)) };
}

/**
 * Turns a failure into an answer in the admin API's dialect. Whatever is not ours is `internal`, without its text. A call
 * about content that has a diagnosis is answered with that: it names its cause more closely, and a remedy for programs.
 */
export function errorAnswer(error: unknown, requestId: string): Answer {
  const known = error instanceof PortcullisError ? error : new PortcullisError('internal');
  const { additionalData, retryAfterSeconds, diagnosis } = known.details;
  const hint = diagnosis?.advice ?? hintOf(known);
  const body = {
    error: {
      code: diagnosis?.code ?? known.code,
      message: diagnosis?.message ?? known.message,
      requestId,
      ...(hint === null ? {} : { hint }),
      ...(diagnosis === undefined ? {} : { action: diagnosis.action }),
      ...(additionalData === undefined ? {} : { additionalData }),
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    },
  };
  const status = diagnosis?.status ?? known.status;
  const retry = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  return { status, headers: { ...headers, ...retry }, body: Buffer.from(JSON.stringify(body)) };
}
