import { PortcullisError } from '../../domain/errors.ts';
import type { Answer } from '../../domain/operation.ts';
import { renderError } from '../../notion/error-envelope.ts';
import { ToolFailure } from './rest-tools/notion-calls.ts';

/** The result of a tool in the form of the protocol: JSON in text. */
export function toolResult(result: object): object {
  return { content: [{ type: 'text', text: JSON.stringify(result) }], isError: false };
}

/** A refusal in the form of Notion's hosted server, because clients are used to that form. */
export function failedResult(failure: ToolFailure): object {
  const { status, code, message, retryAfterSeconds } = failure;
  if (status === 429) {
    const wait = { retry_after_seconds: retryAfterSeconds ?? 1, rate_limit_reason: 'public_api_request_rate_limit' };
    const structuredContent = { error: { code: 'rate_limited', ...wait } };
    return { content: [{ type: 'text', text: JSON.stringify(structuredContent) }], structuredContent, isError: true };
  }
  const body = JSON.stringify({ object: 'error', status, code, message });
  const text = JSON.stringify({ name: 'APIResponseError', code, status, message, headers: {}, body });
  return { content: [{ type: 'text', text }], isError: true };
}

/** Any error as the failure of a tool. An error that is no `PortcullisError` reveals nothing about itself. */
export function failureOf(error: unknown, requestId: string): ToolFailure {
  if (error instanceof ToolFailure) return error;
  const { body, status, headers } = renderError(error, requestId);
  const { code, message } = JSON.parse(body.toString()) as { code: string; message: string };
  const hint = error instanceof PortcullisError ? error.details.hint : undefined;
  const wait = headers['retry-after'] === undefined ? null : Number(headers['retry-after']);
  return new ToolFailure(status, code, hint === undefined ? message : `${message} ${hint}`, wait);
}

/** What the protocol calls the result, from an answer that was released. From 2026-07-28 on it says that it is complete. */
export function resultOf({ status, headers, body }: Answer, modern: boolean): string {
  const text = Buffer.isBuffer(body) ? body.toString('utf8') : '{}';
  const result = status >= 400 ? JSON.stringify(failedResult(refusalIn(status, headers, JSON.parse(text)))) : text;
  if (!modern || result.startsWith('{"resultType"')) return result;
  return result === '{}' ? '{"resultType":"complete"}' : `{"resultType":"complete",${result.slice(1)}`;
}

/** A refusal of Notion's, from the envelope in which it was released. */
export function refusalIn(
  status: number,
  headers: Answer['headers'],
  { code = 'internal_server_error', message = '' }: { readonly code?: unknown; readonly message?: unknown },
): ToolFailure {
  const wait = headers['retry-after'];
  return new ToolFailure(status, String(code), String(message), wait === undefined ? null : Number(wait));
}
