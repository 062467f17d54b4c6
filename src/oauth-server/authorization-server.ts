import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { errors, Provider } from 'oidc-provider';
import { type AccessRequest, type AccessScope, accessScopes, isAccessScope } from '../domain/consent.ts';
import type { ConsentId } from '../domain/ids.ts';
import { type AdapterParts, createAdapter } from './adapter.ts';
import { createDocumentFetch, type FetchDocument } from './client-document.ts';

/** How long issued codes and tokens are valid, in seconds. */
const lifetimes = {
  AccessToken: 10 * 60,
  AuthorizationCode: 60,
  Interaction: 10 * 60,
  /** Unused; each use gives a new one. */
  RefreshToken: 30 * 24 * 60 * 60,
  Grant: 180 * 24 * 60 * 60,
  Session: 10 * 60,
} as const;

export interface AuthorizationServerParts extends AdapterParts {
  /** The issuer. Every absolute URL is made from it (rule 26). */
  readonly publicUrl: string;
  /** Derives a key for one purpose, the same on every instance. */
  readonly deriveKey: (label: string, bytes?: number) => Buffer;
  readonly fetchDocument: FetchDocument;
  /** Whether that address is one where MCP is served. */
  readonly isResource: (resource: string) => boolean;
  /** Draws the page for a request whose browser cannot be sent back. */
  readonly drawProblem: (code: string) => string;
}

/** The authorization server's own part of the protocol: everything but the page on which a person decides. */
export interface AuthorizationServer {
  /** Answers `/oauth/authorize`, `/token`, `/register`, `/revoke`, `/jwks` and the metadata. */
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** The request for consent in the browser that sends this. Null: there is none, or it is over. */
  pending(request: IncomingMessage, response: ServerResponse): Promise<AccessRequest | null>;
  /** Ends the request for consent. Returns the next URL for the browser, in the protocol. */
  grant(request: IncomingMessage, response: ServerResponse, granted: Granted): Promise<string>;
  refuse(request: IncomingMessage, response: ServerResponse): Promise<string>;
}

export interface Granted {
  readonly consentId: ConsentId;
  readonly asked: AccessRequest;
  readonly scopes: readonly AccessScope[];
}

/**
 * OAuth 2.1 for MCP clients, on oidc-provider: codes with PKCE S256 alone, exact redirects except for the port of
 * loopback addresses, registration (RFC 7591) and client documents, resource indicators (RFC 8707), `iss` in every
 * answer (RFC 9207), rotation with detection of reuse, revocation (RFC 7009). An account of oidc-provider is one of our
 * consents.
 */
export function createAuthorizationServer(parts: AuthorizationServerParts): AuthorizationServer {
  const { publicUrl, isResource } = parts;
  const provider = new Provider(publicUrl, configurationOf(parts));
  // `Host` and the protocol are put in by the door, from the public URL.
  provider.proxy = true;
  const handle = provider.callback();

  async function pending(request: IncomingMessage, response: ServerResponse): Promise<AccessRequest | null> {
    const found = await provider.interactionDetails(request, response).catch(whenGone);
    const client = found && (await provider.Client.find(found.params.client_id));
    if (found === null || client == null) return null;
    const { client_id: clientId, redirect_uri: redirectUri = '', resource, scope = '' } = found.params;
    const asked = scope.split(' ').filter(isAccessScope);
    return {
      uid: found.uid,
      clientId,
      clientName: client.clientName ?? '',
      redirectUri: redirectUri === '' ? (client.redirectUris?.[0] ?? '') : redirectUri,
      resource: resource !== undefined && isResource(resource) ? resource : defaultResource(publicUrl),
      scopes: asked.length === 0 ? accessScopes : asked,
    };
  }

  return {
    handle,
    pending,
    async grant(request, response, { consentId, asked, scopes }) {
      const grant = new provider.Grant({ accountId: consentId, clientId: asked.clientId });
      grant.addResourceScope(asked.resource, scopes.join(' '));
      const refused = accessScopes.filter(scope => !scopes.includes(scope));
      if (refused.length > 0) grant.rejectResourceScope(asked.resource, refused.join(' '));
      const consent = { grantId: await grant.save() };
      return provider.interactionResult(request, response, {
        login: { accountId: consentId, remember: false },
        consent,
      });
    },
    refuse: (request, response) =>
      provider.interactionResult(request, response, {
        error: 'access_denied',
        error_description: 'The person did not allow it.',
      }),
  };
}

function defaultResource(publicUrl: string): string {
  return `${publicUrl}/mcp`;
}

function whenGone(error: unknown): null {
  if (error instanceof errors.SessionNotFound) return null;
  throw error;
}

function configurationOf(parts: AuthorizationServerParts): object {
  const { publicUrl, deriveKey, isResource, drawProblem } = parts;
  const secure = publicUrl.startsWith('https:');
  const cookie = { httpOnly: true, sameSite: 'lax', secure, signed: true };
  const scope = accessScopes.join(' ');
  return {
    adapter: createAdapter(parts),
    fetch: createDocumentFetch(parts.fetchDocument),
    cookies: { keys: [deriveKey('oauth cookies').toString('base64url')], long: cookie, short: cookie },
    // It signs nothing as long as clients cannot ask for identities; but a server has to name a key.
    jwks: { keys: [signingKey(deriveKey('oauth signing key'))] },
    clientDefaults: { token_endpoint_auth_method: 'none', id_token_signed_response_alg: 'EdDSA' },
    enabledJWA: { idTokenSigningAlgValues: ['EdDSA'] },
    clientAuthMethods: ['none'],
    responseTypes: ['code'],
    scopes: ['offline_access'],
    pkce: { required: () => true },
    rotateRefreshToken: true,
    issueRefreshToken: () => true,
    expiresWithSession: () => false,
    ttl: lifetimes,
    routes: {
      authorization: '/oauth/authorize',
      token: '/oauth/token',
      registration: '/oauth/register',
      revocation: '/oauth/revoke',
      jwks: '/oauth/jwks',
    },
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/oauth/consent/${uid}` },
    findAccount: (_context: unknown, accountId: string) => ({ accountId, claims: () => ({ sub: accountId }) }),
    clientBasedCORS: (_context: unknown, origin: string, client: { redirectUris?: readonly string[] }) =>
      (client.redirectUris ?? []).some(uri => URL.canParse(uri) && new URL(uri).origin === origin),
    renderError(context: { type: string; body: string }, { error }: { error: string }) {
      context.type = 'html';
      context.body = drawProblem(error);
    },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      dPoP: { enabled: false },
      registration: { enabled: true, issueRegistrationAccessToken: false },
      revocation: {
        enabled: true,
        allowedPolicy: (_context: unknown, client: { clientId: string }, token: { clientId: string }) =>
          token.clientId === client.clientId,
      },
      clientIdMetadataDocument: { enabled: true, ack: 'draft-02' },
      resourceIndicators: {
        enabled: true,
        defaultResource: (_context: unknown, _client: unknown, oneOf?: string) => oneOf ?? defaultResource(publicUrl),
        useGrantedResource: () => true,
        getResourceServerInfo(_context: unknown, resource: string) {
          if (!isResource(resource)) throw new errors.InvalidTarget();
          const accessTokenTTL = lifetimes.AccessToken;
          return { scope, audience: resource, accessTokenTTL, accessTokenFormat: 'opaque' };
        },
      },
    },
    extraClientMetadata: { properties: ['registered_from'] },
  };
}

/** An Ed25519 key from 32 bytes (RFC 8032 section 5.1.5; wrapped as in RFC 8410 section 7). */
function signingKey(seed: Buffer): object {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const { x } = createPublicKey(key).export({ format: 'jwk' });
  return { kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', x, d: seed.toString('base64url') };
}
