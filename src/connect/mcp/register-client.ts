import { z } from 'zod';
import { connectError } from '../../domain/connect-problem.ts';
import { Secret } from '../../domain/secret.ts';
import type { Now } from '../../domain/units.ts';
import type { SafeFetch } from '../../net/safe-fetch/safe-fetch.ts';
import { faultIn, parseJson } from '../oauth-response.ts';
import { ask, discoveryError } from './ask.ts';
import { describeClient } from './client-document.ts';
import type { ServerMetadata } from './server-metadata.ts';

const clientAuthMethods = ['client_secret_basic', 'client_secret_post', 'none'] as const;
export type ClientAuthMethod = (typeof clientAuthMethods)[number];

/** How a client got its id: from the settings, by being a URL, or by registering (RFC 7591). */
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

/** A client that an operator has registered by hand. Used at its issuer alone. */
export interface PreRegistered {
  readonly issuer: string;
  readonly clientId: string;
  readonly secret: Secret;
}

/** What an authorization server lets us manage our registration with (RFC 7592). */
export interface ClientManagement {
  readonly uri: string;
  readonly token: Secret;
}

export interface RegisteredClient extends OAuthClient {
  readonly management: ClientManagement | null;
}

/** What a deployment can present itself with. */
export interface ClientOptions {
  readonly redirectUri: string;
  readonly preRegistered: PreRegistered | null;
  /** The https URL of our client metadata document; null if servers could not read it. */
  readonly documentUrl: string | null;
}

/** What a registration needs beside the server: the person who asks, and the time. */
export interface Asking {
  readonly fetch: SafeFetch;
  readonly now: Now;
}

/**
 * Chooses how to become a client of this server, in the order of the MCP specification ("Client Registration
 * Approaches"). Throws the `connectError` `registration_refused` if there is no way. Throws `server_unusable` if an
 * operator has set up a client for another server: we do not use a client that the operator did not choose.
 */
export function chooseSource(server: ServerMetadata, options: ClientOptions): ClientSource {
  const { preRegistered } = options;
  if (preRegistered?.issuer === server.issuer) return 'pre_registered';
  if (preRegistered !== null) throw connectError('server_unusable', 'the client in the settings is for another issuer');
  if (server.client_id_metadata_document_supported && options.documentUrl !== null) return 'metadata_document';
  if (server.registration_endpoint !== undefined) return 'dynamic';
  throw connectError('registration_refused', 'the authorization server registers no clients');
}

/**
 * Becomes a client. Throws the `connectError` `registration_refused`, `server_unusable` or `notion_unreachable`.
 */
export async function registerClient(
  asking: Asking,
  server: ServerMetadata,
  options: ClientOptions,
): Promise<RegisteredClient> {
  const { issuer } = server;
  const { preRegistered, documentUrl, redirectUri } = options;
  const known = { issuer, secret: null, secretExpiresAt: null, management: null } as const;
  const source = chooseSource(server, options);
  if (source === 'pre_registered' && preRegistered !== null) {
    const { clientId, secret } = preRegistered;
    return { ...known, source, clientId, secret, authMethod: authMethodFor(server, 'secret') };
  }
  if (source === 'metadata_document' && documentUrl !== null) {
    return { ...known, source, clientId: documentUrl, authMethod: 'none' };
  }
  return registerDynamically(asking, server, redirectUri);
}

async function registerDynamically(
  { fetch, now }: Asking,
  server: ServerMetadata,
  redirectUri: string,
): Promise<RegisteredClient> {
  const endpoint = server.registration_endpoint ?? '';
  const asked = { ...describeClient(redirectUri), token_endpoint_auth_method: authMethodFor(server, 'any') };
  const response = await ask(fetch, endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(asked),
  }).catch(error => {
    throw discoveryError(error);
  });
  const { status, text } = response;
  if (status === 429 || status >= 500) throw connectError('notion_unreachable', `registration: ${status}`);
  if (status !== 201 && status !== 200) throw refused(response.unread ?? `${status}${errorIn(text)}`);
  const parsed = registration.safeParse(parseJson(text));
  if (!parsed.success) throw refused(faultIn(response, parsed));
  const { client_id: clientId, client_secret: secret, client_secret_expires_at: expires, redirect_uris } = parsed.data;
  if (redirect_uris !== undefined && !redirect_uris.includes(redirectUri)) throw refused('another redirect URI');
  // RFC 7591 section 3.2.1: the server may have granted another method than the one that was asked for.
  const authMethod = parsed.data.token_endpoint_auth_method ?? asked.token_endpoint_auth_method;
  if (authMethod !== 'none' && secret === undefined) throw refused('no secret for a client that needs one');
  const secretExpiresAt =
    authMethod === 'none' || expires === 0 ? null : new Date(Math.min(expires, latestSecond) * 1_000);
  // It is better to connect nothing than a connection that its first refresh would end.
  if (secretExpiresAt !== null && secretExpiresAt <= now()) throw refused('a secret that has ended already');
  return {
    issuer: server.issuer,
    source: 'dynamic',
    clientId,
    authMethod,
    // A public client never sends a secret, even if it was given one.
    secret: authMethod === 'none' || secret === undefined ? null : new Secret(secret),
    secretExpiresAt,
    management: managementIn(parsed.data, endpoint),
  };
}

/** RFC 7592 section 3. The registration endpoint issued this token, so it is sent to that origin only. */
function managementIn(
  { registration_client_uri: uri, registration_access_token: token }: z.infer<typeof registration>,
  endpoint: string,
): ClientManagement | null {
  if (token === undefined || URL.parse(uri ?? '')?.origin !== new URL(endpoint).origin) return null;
  return { uri: uri ?? '', token: new Secret(token) };
}

/** 9999-12-31, the last date that every part of the system can write down. */
const latestSecond = 253_402_300_799;

// RFC 6749 appendix A.
const visible = (max: number) =>
  z
    .string()
    .regex(/^[\x20-\x7e]+$/)
    .max(max);
const headerSafe = z.string().regex(/^[\x21-\x7e]{1,8192}$/);

// RFC 7591 section 3.2.1, RFC 7592 section 3.
const registration = z.object({
  client_id: visible(2_048),
  client_secret: visible(4_096).optional(),
  client_secret_expires_at: z.number().int().min(0).default(0),
  redirect_uris: z.array(z.string()).optional(),
  token_endpoint_auth_method: z.enum(clientAuthMethods).optional(),
  // A client also works without the data that is needed to manage it.
  registration_client_uri: visible(2_048).optional().catch(undefined),
  registration_access_token: headerSafe.optional().catch(undefined),
});

// RFC 7591 section 3.2.2.
const registrationErrors = [
  'invalid_redirect_uri',
  'invalid_client_metadata',
  'invalid_software_statement',
  'unapproved_software_statement',
] as const;
const registrationError = z.object({ error: z.enum(registrationErrors) });

function errorIn(text: string | null): string {
  const parsed = registrationError.safeParse(parseJson(text));
  return parsed.success ? ` ${parsed.data.error}` : '';
}

function refused(why: string) {
  return connectError('registration_refused', `registration: ${why}`);
}

/** RFC 8414 section 2: a server that names no methods takes Basic. A secret is asked for where one is of use. */
function authMethodFor(server: ServerMetadata, wanted: 'secret' | 'any'): ClientAuthMethod {
  const offered = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  const found = clientAuthMethods.find(method => offered.includes(method) && (wanted === 'any' || method !== 'none'));
  if (found === undefined) throw connectError('registration_refused', 'no way to authenticate in common');
  return found;
}
