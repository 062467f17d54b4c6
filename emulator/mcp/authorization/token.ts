import type { McpClient, McpGrant } from '../../world/mcp-grants.ts';
import { revokeMcpGrant } from '../../world/mcp-grants.ts';
import type { World } from '../../world/world.ts';
import { authenticateClient } from './clients.ts';
import { grantNamedBy, newAccessToken, newRefreshToken, revokeToken, verifierMatches } from './grants.ts';
import { invalidGrant, invalidRequest, invalidTarget, OAuthRefusal } from './oauth-refusal.ts';
import { covers, isResource } from './resource.ts';
import { type McpRotationMode, rotate } from './rotation.ts';

export interface TokenRequest {
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  readonly body: string;
}

export interface TokenSettings {
  readonly mcpRotation: McpRotationMode;
  readonly mcpAccessSeconds: number;
}

/**
 * POST /token, which is the revocation endpoint as well: a form with a `token` and no `grant_type` is a revocation
 * (RFC 7009). The order of checks and the sentences are those of the provider library that Notion uses.
 */
export function mcpToken(world: World, request: TokenRequest, settings: TokenSettings): object {
  const form = readForm(request);
  const client = authenticateClient(world, request.authorization, form);
  if (!form.has('grant_type') && form.has('token')) {
    revokeToken(world, client.id, form.get('token') ?? '');
    return {};
  }
  switch (form.get('grant_type')) {
    case 'authorization_code':
      return exchangeCode(world, client, form, settings);
    case 'refresh_token':
      return refresh(world, client, form, settings);
    default:
      throw new OAuthRefusal(400, 'unsupported_grant_type', 'Grant type not supported');
  }
}

function readForm({ contentType, body }: TokenRequest): URLSearchParams {
  if (!(contentType ?? '').toLowerCase().startsWith('application/x-www-form-urlencoded')) {
    throw invalidRequest('Content-Type must be application/x-www-form-urlencoded');
  }
  const form = new URLSearchParams(body);
  for (const name of new Set(form.keys())) {
    if (form.getAll(name).length > 1) throw invalidRequest(`Parameter must not be repeated: ${name}`);
  }
  return form;
}

function exchangeCode(world: World, client: McpClient, form: URLSearchParams, settings: TokenSettings): object {
  const given = form.get('code');
  if (!given) throw invalidRequest('Authorization code is required');
  const grant = grantNamedBy(world, given);
  if (grant === null || grant.code.expiresAt <= world.clock.now()) {
    throw invalidGrant('Grant not found or authorization code expired');
  }
  if (grant.code.code !== given) throw invalidGrant('Invalid authorization code');
  if (grant.code.used) {
    // A code that comes twice may have been stolen: what was issued for it ends (RFC 6749 section 4.1.2).
    revokeMcpGrant(world.mcp, grant.id);
    throw invalidGrant('Authorization code already used');
  }
  if (grant.revoked) throw invalidGrant('Grant not found or authorization code expired');
  if (grant.clientId !== client.id) throw invalidGrant('Client ID mismatch');
  checkRedirectUri(grant, form.get('redirect_uri'));
  checkVerifier(grant, form.get('code_verifier'));
  const audience = audienceOf(grant, form.get('resource'));
  grant.code.used = true;
  return tokens(world, grant, audience, newRefreshToken(world, grant).token, settings);
}

function checkRedirectUri(grant: McpGrant, given: string | null): void {
  if (given === null && grant.code.challenge === null) {
    throw invalidRequest('redirect_uri is required when not using PKCE');
  }
  if (given !== null && given !== grant.code.redirectUri) throw invalidGrant('Invalid redirect URI');
}

function checkVerifier(grant: McpGrant, verifier: string | null): void {
  if (grant.code.challenge === null) {
    if (verifier !== null) throw invalidRequest('code_verifier provided for a flow that did not use PKCE');
    return;
  }
  if (!verifier) throw invalidRequest('code_verifier is required for PKCE');
  if (!verifierMatches(grant, verifier)) throw invalidGrant('Invalid PKCE code_verifier');
}

function refresh(world: World, client: McpClient, form: URLSearchParams, settings: TokenSettings): object {
  const given = form.get('refresh_token');
  if (!given) throw invalidRequest('Refresh token is required');
  const grant = grantNamedBy(world, given);
  if (given.split(':').length !== 3) throw invalidGrant('Invalid token format');
  if (grant === null) throw invalidGrant('Grant not found');
  if (grant.clientId !== client.id) throw invalidGrant('Client ID mismatch');
  const audience = audienceOf(grant, form.get('resource'));
  const next = rotate(world, grant, given, settings.mcpRotation);
  return tokens(world, grant, audience, next.token, settings);
}

/** A token request may narrow the resource of its authorization request, and not leave it (RFC 8707 section 2.2). */
function audienceOf(grant: McpGrant, asked: string | null): string | null {
  if (asked === null) return grant.resource;
  if (!isResource(asked)) {
    throw invalidTarget('The resource parameter must be a valid absolute URI without a fragment');
  }
  if (grant.resource !== null && !covers(grant.resource, asked)) {
    throw invalidTarget('Requested resource was not included in the authorization request');
  }
  return asked;
}

/** Workspace and person are left out on purpose: Notion tells them to `notion-fetch` of `self` only. */
function tokens(
  world: World,
  grant: McpGrant,
  audience: string | null,
  refreshToken: string,
  settings: TokenSettings,
): object {
  const access = newAccessToken(world, grant, audience, settings.mcpAccessSeconds);
  return {
    access_token: access.token,
    token_type: 'bearer',
    expires_in: settings.mcpAccessSeconds,
    refresh_token: refreshToken,
    scope: grant.scope,
    ...(audience === null ? {} : { resource: audience }),
  };
}
