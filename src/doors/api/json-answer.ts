import type { z } from 'zod';
import { hintOf, PortcullisError } from '../../domain/errors.ts';
import type { Answer } from '../../domain/operation.ts';
import type { problem } from './shapes/values.ts';

const headers = {
  'content-type': 'application/json; charset=utf-8',
  // Every answer is about one caller.
  'cache-control': 'no-store',
} as const;

const problemHeaders = { ...headers, 'content-type': 'application/problem+json; charset=utf-8' } as const;

/** Turns the value of a command into an answer. `undefined` is 204 No Content. */
export function jsonAnswer(value: unknown, status = 200): Answer {
  if (value === undefined) return { status: 204, headers: { 'cache-control': 'no-store' }, body: null };
  return { status, headers, body: Buffer.from(JSON.stringify(value)) };
}

/**
 * Turns a failure into an answer of the admin API: problem details (RFC 9457). An error that is not ours becomes
 * `internal`, without its text. For a call about content, a diagnosis is used if there is one: it names the cause more
 * precisely, and a remedy for programs.
 */
export function errorAnswer(error: unknown, requestId: string): Answer {
  const known = error instanceof PortcullisError ? error : new PortcullisError('internal');
  const { additionalData, retryAfterSeconds, diagnosis } = known.details;
  const hint = diagnosis?.advice ?? hintOf(known);
  const status = diagnosis?.status ?? known.status;
  const code = diagnosis?.code ?? known.code;
  const body = {
    type: `urn:portcullis:problem:${code}`,
    title: inWords(code),
    status,
    detail: diagnosis?.message ?? known.message,
    instance: `urn:uuid:${requestId}`,
    code,
    requestId,
    ...(hint === null ? {} : { hint }),
    ...(diagnosis === undefined ? {} : { action: diagnosis.action }),
    ...(additionalData === undefined ? {} : { additionalData: { ...additionalData } }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  } satisfies z.output<typeof problem>;
  const retry = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  return { status, headers: { ...problemHeaders, ...retry }, body: Buffer.from(JSON.stringify(body)) };
}

/** `not_found` → `Not found`. */
function inWords(code: string): string {
  const words = code.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
