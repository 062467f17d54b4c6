import * as oauth from 'oauth4webapi';
import { connectError } from '../../domain/connect-problem.ts';
import { type AskableHosts, assertAskable } from '../../net/safe-fetch/safe-fetch.ts';
import { SafeFetchError } from '../../net/safe-fetch/safe-fetch-error.ts';
import type { ServerMetadata } from './server-metadata.ts';

export interface AuthorizationRequest {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly state: string;
  readonly verifier: string;
  readonly resource: string;
  readonly scope: string | null;
}

/** The length that browsers, and proxies between them and a server, accept without trouble. */
const addressLengthMax = 8_000;

/** A PKCE verifier: 256 random bits (RFC 7636 section 4.1). */
export const newVerifier = oauth.generateRandomCodeVerifier;

/**
 * The URL at which the browser asks for consent (RFC 6749 section 4.1.1, RFC 7636, RFC 8707). The server decides
 * whether to ask a person again who has agreed before. Throws the `connectError` `server_unusable` for an endpoint that
 * a browser must not be sent to.
 */
export async function authorizeUrl(
  server: ServerMetadata,
  request: AuthorizationRequest,
  reach: AskableHosts,
): Promise<string> {
  const url = browsable(server.authorization_endpoint, reach);
  const parameters = {
    response_type: 'code',
    client_id: request.clientId,
    redirect_uri: request.redirectUri,
    state: request.state,
    code_challenge: await oauth.calculatePKCECodeChallenge(request.verifier),
    code_challenge_method: 'S256',
    resource: request.resource,
    ...(request.scope !== null && { scope: request.scope }),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  if (url.href.length > addressLengthMax) throw connectError('server_unusable', 'the address of consent is too long');
  return url.href;
}

function browsable(endpoint: string, reach: AskableHosts): URL {
  try {
    return assertAskable(new URL(endpoint), reach);
  } catch (cause) {
    const why = cause instanceof SafeFetchError ? cause.reason : 'it is no URL';
    throw connectError('server_unusable', `authorization endpoint: ${why}`);
  }
}
