import { z } from 'zod';
import { connectError } from '../../domain/connect-problem.ts';
import { Secret } from '../../domain/secret.ts';
import { parseJson } from '../oauth-response.ts';
import type { SafeFetch } from '../safe-fetch/safe-fetch.ts';
import { ask, discoveryError } from './ask.ts';
import { describeClient } from './client-document.ts';
import type { ServerMetadata } from './server-metadata.ts';

export const clientAuthMethods = ['client_secret_basic', 'client_secret_post', 'none'] as const;
export type ClientAuthMethod = (typeof clientAuthMethods)[number];

/** How a client came to its id: from the settings, by being a URL, or by asking for one (RFC 7591). */
export type ClientSource = 'pre_registered' | 'metadata_document' | 'dynamic';

/** A client of ours at one authorization server. Its credentials are sent to that issuer and to no other. */
export interface OAuthClient {
  readonly issuer: string;
  readonly source: ClientSource;
  readonly clientId: string;
  readonly authMethod: ClientAuthMethod;
  /** Null for a public client. */
  readonly secret: Secret | null;
  /** Null: it does not expire. */
  readonly secretExpiresAt: Date | null;
}

/** What a deployment can present itself with. */
export interface ClientOptions {
  readonly redirectUri: string;
  /** A client that an operator has registered by hand. Used at its issuer alone. */
  readonly preRegistered: Pick<OAuthClient, 'issuer' | 'clientId' | 'secret'> | null;
  /** Where our client metadata document can be read, https; null when nobody could. */
  readonly documentUrl: string | null;
}

/**
 * How to become a client of this server, in the order of the MCP specification ("Client Registration Approaches").
 * Throws the `connectError` `registration_refused` when there is no way.
 */
export function chooseSource(server: ServerMetadata, options: ClientOptions): ClientSource {
  if (options.preRegistered?.issuer === server.issuer) return 'pre_registered';
  if (server.client_id_metadata_document_supported && options.documentUrl !== null) return 'metadata_document';
  if (server.registration_endpoint !== undefined) return 'dynamic';
  throw connectError('registration_refused', 'the authorization server registers no clients');
}

/**
 * Becomes a client. Throws the `connectError` `registration_refused`, or `notion_unreachable`.
 */
export async function registerClient(
  fetch: SafeFetch,
  server: ServerMetadata,
  options: ClientOptions,
): Promise<OAuthClient> {
  const { issuer } = server;
  const known = { issuer, secret: null, secretExpiresAt: null, authMethod: 'none' } as const;
  const source = chooseSource(server, options);
  switch (source) {
    case 'pre_registered': {
      const { clientId = '', secret = null } = options.preRegistered ?? {};
      return { ...known, source, clientId, secret, authMethod: secret === null ? 'none' : authMethodFor(server, true) };
    }
    case 'metadata_document':
      return { ...known, source, clientId: options.documentUrl ?? '' };
    case 'dynamic':
      return registerDynamically(fetch, server, options.redirectUri);
  }
}

async function registerDynamically(
  fetch: SafeFetch,
  server: ServerMetadata,
  redirectUri: string,
): Promise<OAuthClient> {
  const asked = { ...describeClient(redirectUri), token_endpoint_auth_method: authMethodFor(server, false) };
  const { status, text } = await ask(fetch, server.registration_endpoint ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(asked),
  }).catch(error => {
    throw discoveryError(error);
  });
  if (status === 429 || status >= 500) throw connectError('notion_unreachable', `registration: ${status}`);
  const parsed = registration.safeParse(parseJson(text));
  if ((status !== 201 && status !== 200) || !parsed.success) throw refused(status);
  const { client_id: clientId, client_secret: secret, client_secret_expires_at: expires, redirect_uris } = parsed.data;
  if (redirect_uris !== undefined && !redirect_uris.includes(redirectUri)) throw refused(status);
  // RFC 7591 section 3.2.1: the server may have granted another method than the one that was asked for.
  const authMethod = parsed.data.token_endpoint_auth_method ?? asked.token_endpoint_auth_method;
  if (authMethod !== 'none' && secret === undefined) throw refused(status);
  return {
    issuer: server.issuer,
    source: 'dynamic',
    clientId,
    authMethod,
    // A public client never sends a secret, even if it was given one.
    secret: authMethod === 'none' || secret === undefined ? null : new Secret(secret),
    secretExpiresAt: authMethod === 'none' || expires === 0 ? null : new Date(Math.min(expires, latestSecond) * 1_000),
  };
}

/** 9999-12-31, the last date that every part of the system can write down. */
const latestSecond = 253_402_300_799;

// RFC 7591 section 3.2.1.
const registration = z.object({
  client_id: z.string().min(1).max(2_048),
  client_secret: z.string().min(1).max(4_096).optional(),
  client_secret_expires_at: z.number().int().min(0).default(0),
  redirect_uris: z.array(z.string()).optional(),
  token_endpoint_auth_method: z.enum(clientAuthMethods).optional(),
});

function refused(status: number) {
  return connectError('registration_refused', `registration: ${status}`);
}

/** RFC 8414 section 2: a server that names no methods takes Basic. A secret is asked for where one is of use. */
function authMethodFor(server: ServerMetadata, hasSecret: boolean): ClientAuthMethod {
  const offered = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  const found = clientAuthMethods.find(method => offered.includes(method) && !(hasSecret && method === 'none'));
  if (found === undefined) throw connectError('registration_refused', 'no way to authenticate in common');
  return found;
}
