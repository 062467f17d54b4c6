import * as oauth from 'oauth4webapi';
import { connectError } from '../../domain/connect-problem.ts';
import type { SafeFetch, SafeRequest } from '../../net/safe-fetch/safe-fetch.ts';
import type { OAuthResponse } from '../oauth-response.ts';
import { answerOf } from './ask.ts';
import type { AcceptedCallback } from './callback.ts';
import type { OAuthClient } from './register-client.ts';

/** What the endpoints of an authorization server are asked with. */
export interface TokenEndpoints {
  readonly issuer: string;
  readonly token_endpoint: string;
  readonly revocation_endpoint?: string | undefined;
}

/** The client that asks, the server, and the resource. */
export interface TokenRequester {
  readonly server: TokenEndpoints;
  readonly client: OAuthClient;
  /** RFC 8707: goes with every token request. */
  readonly resource: string;
}

/**
 * Exchanges a code (RFC 6749 section 4.1.3, RFC 7636 section 4.5). Sent once and never again. Sends and does not judge:
 * see `readTokenResponse`. Throws `SafeFetchError`.
 */
export function exchangeCodeRequest(
  fetch: SafeFetch,
  { server, client, resource }: TokenRequester,
  { callback, redirectUri, verifier }: { callback: AcceptedCallback; redirectUri: string; verifier: string },
): Promise<OAuthResponse> {
  assertOwnIssuer(server, client);
  const options = { ...sendWith(fetch), additionalParameters: { resource } };
  const { as, self, auth } = parties(server, client);
  return answerOf(oauth.authorizationCodeGrantRequest(as, self, auth, callback, redirectUri, verifier, options));
}

/**
 * Spends a refresh token (RFC 6749 section 6). Sends the request and does not read the answer. Throws `SafeFetchError`:
 * after `forbidden` the token is unspent, after `unreachable` that is unknown.
 */
export function refreshRequest(
  fetch: SafeFetch,
  { server, client, resource }: TokenRequester,
  refreshToken: string,
  signal?: AbortSignal,
): Promise<OAuthResponse> {
  assertOwnIssuer(server, client);
  const options = { ...sendWith(fetch, { signal }), additionalParameters: { resource } };
  const { as, self, auth } = parties(server, client);
  return answerOf(oauth.refreshTokenGrantRequest(as, self, auth, refreshToken, options));
}

/** Revokes a token (RFC 7009); a refresh token takes the whole grant along. Null: the server has no such endpoint. */
export function revokeRequest(
  fetch: SafeFetch,
  { server, client }: Pick<TokenRequester, 'server' | 'client'>,
  token: string,
): Promise<OAuthResponse> | null {
  assertOwnIssuer(server, client);
  if (server.revocation_endpoint === undefined) return null;
  const { as, self, auth } = parties(server, client);
  // RFC 7009 section 2.2: the status says it all.
  return answerOf(oauth.revocationRequest(as, self, auth, token, sendWith(fetch, { types: 'any' })));
}

/** Credentials of one authorization server are never sent to another. */
function assertOwnIssuer(server: TokenEndpoints, client: OAuthClient): void {
  if (server.issuer !== client.issuer) throw connectError('server_unusable', 'a client of another issuer');
}

function parties(server: TokenEndpoints, client: OAuthClient) {
  const { revocation_endpoint, ...rest } = server;
  const as: oauth.AuthorizationServer = { ...rest, ...(revocation_endpoint !== undefined && { revocation_endpoint }) };
  return { as, self: { client_id: client.clientId }, auth: clientAuth(client) };
}

function clientAuth({ authMethod, secret }: OAuthClient): oauth.ClientAuth {
  if (secret === null || authMethod === 'none') return oauth.None();
  if (authMethod === 'client_secret_post') return oauth.ClientSecretPost(secret.reveal());
  return (_server, { client_id }, _body, headers) => {
    const credentials = `${formEncoded(client_id)}:${formEncoded(secret.reveal())}`;
    headers.set('authorization', `Basic ${Buffer.from(credentials).toString('base64')}`);
  };
}

/**
 * RFC 6749 section 2.3.1: encoded like a form (WHATWG URL section 5.2). The library also encodes dashes and dots;
 * servers that do not decode would read another name.
 */
function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice('='.length);
}

/**
 * The options under which `oauth4webapi` sends through our guards alone. Its own check of the scheme is off because the
 * guarded fetch has a stricter one, which knows of the setting for development.
 */
function sendWith(fetch: SafeFetch, { signal, types }: Pick<SafeRequest, 'signal' | 'types'> = {}) {
  return {
    [oauth.allowInsecureRequests]: true,
    [oauth.customFetch]: (url: string, request: { method: string; headers: Record<string, string>; body: unknown }) =>
      fetch(url, {
        method: request.method,
        headers: request.headers,
        signal,
        ...(types !== undefined && { types }),
        body: request.body instanceof URLSearchParams || typeof request.body === 'string' ? request.body : null,
      }),
  };
}
