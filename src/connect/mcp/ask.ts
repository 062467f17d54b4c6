import { connectError } from '../../domain/connect-problem.ts';
import { readRetryAfter } from '../../domain/retry-after.ts';
import type { SafeFetch, SafeRequest } from '../../net/safe-fetch/safe-fetch.ts';
import { SafeFetchError } from '../../net/safe-fetch/safe-fetch-error.ts';
import { type OAuthResponse, parseJson } from '../oauth-response.ts';

/**
 * Asks an OAuth endpoint. An impossible answer (a redirect, too large, another type) has status 0 and no text, so that
 * the code that reads answers treats it as unusable. Throws `SafeFetchError`: `forbidden` if nothing was sent,
 * `unreachable` if the server may or may not have acted.
 */
export async function ask(fetch: SafeFetch, url: string, request?: SafeRequest): Promise<OAuthResponse> {
  return answerOf(fetch(url, request));
}

export async function answerOf(sent: Promise<Response>): Promise<OAuthResponse> {
  try {
    const response = await sent;
    const retryAfterSeconds = readRetryAfter(response.headers.get('retry-after'), response.headers.get('date'));
    return { status: response.status, text: await response.text(), retryAfterSeconds };
  } catch (error) {
    const judged =
      error instanceof SafeFetchError && (error.problem === 'unacceptable' || error.problem === 'redirected');
    if (judged) return { status: 0, text: null, unread: error.reason };
    throw error;
  }
}

/** The body of a document, or why there is none (404 and its like, or something that is not JSON). */
export type Document = { readonly body: unknown } | { readonly none: string };

export async function askForDocument(fetch: SafeFetch, url: string): Promise<Document> {
  const { status, text, unread } = await ask(fetch, url).catch(error => {
    throw discoveryError(error);
  });
  if (status === 429 || status >= 500) throw connectError('notion_unreachable', `metadata: ${status}`);
  if (status !== 200) return { none: unread ?? String(status) };
  const body = parseJson(text);
  return body === undefined || body === null ? { none: 'the answer is not JSON' } : { body };
}

/** Discovery spends nothing, so the person can simply start again. */
export function discoveryError(error: unknown): unknown {
  if (!(error instanceof SafeFetchError)) return error;
  const away = error.problem === 'unsent' || error.problem === 'unreachable';
  return connectError(away ? 'notion_unreachable' : 'server_unusable', error.reason);
}
