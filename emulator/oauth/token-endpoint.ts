import type { OauthIntrospectResponse, OauthTokenResponse } from '@notionhq/client';
import { isPlain } from '../http/shape.ts';
import { ownerObject } from '../rest/user-object.ts';
import { type Client, installationOf, revokeInstallation } from '../world/connections.ts';
import type { World } from '../world/world.ts';
import { authorizationTokens, install, type TokenPair } from './grants.ts';
import { invalidClient, invalidGrant, invalidRequest, OAuthError } from './oauth-error.ts';
import { type RotationMode, refresh } from './rotation.ts';

export interface OAuthRequest {
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  readonly body: unknown;
}

/** POST /v1/oauth/token: JSON, authenticated by HTTP Basic and nothing else. */
export function tokenEndpoint(world: World, request: OAuthRequest, rotation: RotationMode): OauthTokenResponse {
  const client = authenticate(world, request.authorization);
  const body = readBody(request);
  switch (body.grant_type) {
    case 'authorization_code':
      return tokenAnswer(world, redeemCode(world, client, body));
    case 'refresh_token':
      return tokenAnswer(world, refresh(world, client, requiredText(body, 'refresh_token'), rotation));
    case undefined:
      throw invalidRequest('grant_type is required.');
    default:
      throw new OAuthError(400, 'unsupported_grant_type');
  }
}

/** POST /v1/oauth/revoke: ends the connection that the token belongs to. An unknown token is no error (RFC 7009 section 2.2). */
export function revokeEndpoint(world: World, request: OAuthRequest): Record<string, never> {
  const client = authenticate(world, request.authorization);
  const token = requiredText(readBody(request), 'token');
  const botId = botOf(world, token);
  if (botId !== null && world.connections.installations.get(botId)?.clientId === client.id) {
    revokeInstallation(world.connections, botId);
  }
  return {};
}

/** POST /v1/oauth/introspect (RFC 7662): another client's token is as inactive as an unknown one. */
export function introspectEndpoint(world: World, request: OAuthRequest): OauthIntrospectResponse {
  const client = authenticate(world, request.authorization);
  const token = requiredText(readBody(request), 'token');
  const installation = installationOf(world.connections, token);
  const issued = world.connections.accessTokens.get(token);
  if (installation === null || issued === undefined || installation.clientId !== client.id) return { active: false };
  return { active: true, scope: scopeOf(installation.capabilities), iat: Math.floor(issued.issuedAt / 1000) };
}

function scopeOf(capabilities: object): string {
  return Object.entries(capabilities)
    .filter(([, granted]) => granted === true)
    .map(([name]) => name)
    .join(' ');
}

function botOf(world: World, token: string): string | null {
  const { accessTokens, refreshTokens } = world.connections;
  return accessTokens.get(token)?.botId ?? refreshTokens.get(token)?.botId ?? null;
}

/** RFC 6749 section 2.3.1: id and secret are form-encoded before they are joined. */
function authenticate(world: World, authorization: string | undefined): Client {
  const encoded = /^Basic ([A-Za-z0-9+/]+=*)$/.exec(authorization ?? '')?.[1];
  if (encoded === undefined) throw invalidClient();
  const text = Buffer.from(encoded, 'base64').toString();
  const colon = text.indexOf(':');
  const client = world.connections.clients.get(decodeForm(text.slice(0, colon)));
  if (colon < 0 || client === undefined || client.secret !== decodeForm(text.slice(colon + 1))) throw invalidClient();
  return client;
}

function decodeForm(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

function readBody(request: OAuthRequest): Record<string, unknown> {
  if (!request.contentType?.startsWith('application/json')) throw invalidRequest('The body must be JSON.');
  if (!isPlain(request.body)) throw invalidRequest('The body must be a JSON object.');
  return request.body;
}

function requiredText(body: Record<string, unknown>, name: string): string {
  const value = body[name];
  if (typeof value !== 'string' || value === '') throw invalidRequest(`${name} is required.`);
  return value;
}

function redeemCode(world: World, client: Client, body: Record<string, unknown>): TokenPair {
  const code = world.connections.codes.get(requiredText(body, 'code'));
  if (code === undefined || code.clientId !== client.id) throw invalidGrant('Invalid code.');
  if (code.used) throw invalidGrant('Invalid code: this code has been revoked.');
  if (code.expiresAt <= world.clock.now()) throw invalidGrant('Invalid code: this code has expired.');
  checkRedirectUri(client, code.redirectUri, body.redirect_uri);
  code.used = true;
  return authorizationTokens(world, install(world, client, code).botId);
}

/**
 * Notion, "Create a token": `redirect_uri` is required if it was in the authorize URL or if the connection has several;
 * it is not allowed if there is exactly one and it was not in the URL.
 */
function checkRedirectUri(client: Client, atAuthorize: string | null, atToken: unknown): void {
  const required = atAuthorize !== null || client.redirectUris.length > 1;
  if (required && atToken === undefined) throw invalidRequest('redirect_uri is required.');
  if (!required && atToken !== undefined) throw invalidRequest('redirect_uri is not allowed.');
  if (atAuthorize !== null && atToken !== atAuthorize) {
    throw invalidGrant('The redirect_uri does not match the one of the authorization request.');
  }
}

function tokenAnswer(world: World, { access, refresh: next }: TokenPair): OauthTokenResponse {
  const installation = world.connections.installations.get(access.botId);
  const workspace = world.workspaces.get(installation?.workspaceId ?? '');
  if (installation === undefined || workspace === undefined) throw invalidGrant('The connection has been removed.');
  const owner = installation.userId === null ? undefined : world.people.get(installation.userId);
  return {
    access_token: access.token,
    token_type: 'bearer',
    refresh_token: next.token,
    bot_id: installation.botId,
    workspace_icon: workspace.icon,
    workspace_name: workspace.name,
    workspace_id: workspace.id,
    owner: owner === undefined ? { type: 'workspace', workspace: true } : { type: 'user', user: ownerObject(owner) },
    duplicated_template_id: null,
  };
}
