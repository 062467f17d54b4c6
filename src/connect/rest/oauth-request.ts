import { request } from 'undici';
import { readRetryAfter } from '../../domain/retry-after.ts';
import { KiB, secondMs } from '../../domain/units.ts';
import { howItFailed } from '../../net/never-sent.ts';
import { defaultNotionVersion } from '../../notion/versions.ts';
import type { OAuthResponse } from '../oauth-response.ts';
import type { NotionApp } from './notion-app.ts';
import { readAppRefusal } from './token-state.ts';

/** No complete answer came: Notion may or may not have acted. The error has neither request nor answer. */
export class OAuthExchangeError extends Error {
  /** In our own words, for logs. */
  readonly how: string;

  constructor(cause: unknown) {
    super('Notion did not answer the OAuth request.', { cause });
    this.name = 'OAuthExchangeError';
    this.how = `no whole answer came${howItFailed(cause)}`;
  }
}

const answerBytesMax = 256 * KiB;
const answerMsMax = 15 * secondMs;

export interface OAuthRequestOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * POST /v1/oauth/token (RFC 6749 section 4.1.3, with Notion's JSON body). Sent once and never repeated: the first
 * request spends the code, and a second one would end the tokens of the first (defect A29).
 */
export function exchangeCodeRequest(
  app: NotionApp,
  code: string,
  options?: OAuthRequestOptions,
): Promise<OAuthResponse> {
  const body = { grant_type: 'authorization_code', code, redirect_uri: app.redirectUri };
  return send(app, '/v1/oauth/token', body, options);
}

/** POST /v1/oauth/token (RFC 6749 section 6). Sent once and never again: a refresh token is spent by being sent. */
export function refreshRequest(
  app: NotionApp,
  refreshToken: string,
  options?: OAuthRequestOptions,
): Promise<OAuthResponse> {
  return send(app, '/v1/oauth/token', { grant_type: 'refresh_token', refresh_token: refreshToken }, options);
}

/** POST /v1/oauth/revoke (RFC 7009). */
export function revokeRequest(app: NotionApp, token: string, options?: OAuthRequestOptions): Promise<OAuthResponse> {
  return send(app, '/v1/oauth/revoke', { token }, options);
}

/** POST /v1/oauth/introspect (RFC 7662). */
export function introspectRequest(
  app: NotionApp,
  token: string,
  options?: OAuthRequestOptions,
): Promise<OAuthResponse> {
  return send(app, '/v1/oauth/introspect', { token }, options);
}

/** GET /v1/users/me, asked with the token that the question is about. */
export function selfRequest(app: NotionApp, token: string, options?: OAuthRequestOptions): Promise<OAuthResponse> {
  return ask(app, '/v1/users/me', { method: 'GET', authorization: `Bearer ${token}`, body: null }, options);
}

async function send(app: NotionApp, path: string, body: object, options?: OAuthRequestOptions): Promise<OAuthResponse> {
  const credentials = Buffer.from(`${app.clientId}:${app.clientSecret.reveal()}`).toString('base64');
  const authorization = `Basic ${credentials}`;
  const response = await ask(app, path, { method: 'POST', authorization, body: JSON.stringify(body) }, options);
  const refusal = readAppRefusal(response);
  if (refusal !== null) app.onRefused?.(refusal);
  return response;
}

async function ask(
  { origin, dispatcher }: NotionApp,
  path: string,
  asked: { method: 'GET' | 'POST'; authorization: string; body: string | null },
  options: OAuthRequestOptions = {},
): Promise<OAuthResponse> {
  const { timeoutMs = answerMsMax, signal } = options;
  const timeout = AbortSignal.timeout(timeoutMs);
  const { method, authorization, body } = asked;
  try {
    // undici follows redirects only if it is asked to. So secrets go to this origin and to no other.
    const response = await request(new URL(path, origin), {
      method,
      headers: {
        authorization,
        ...(body !== null && { 'content-type': 'application/json' }),
        'notion-version': defaultNotionVersion,
        accept: 'application/json',
      },
      body,
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      ...(dispatcher && { dispatcher }),
    });
    const retryAfterSeconds = readRetryAfter(response.headers['retry-after'], response.headers.date);
    return { status: response.statusCode, text: await readText(response.body), retryAfterSeconds };
  } catch (error) {
    throw new OAuthExchangeError(error);
  }
}

async function readText(body: AsyncIterable<Buffer>): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    // Leaving the loop ends the connection: the rest of the answer is not read.
    if (bytes > answerBytesMax) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
