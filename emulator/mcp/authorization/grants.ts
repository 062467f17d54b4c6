import { createHash } from 'node:crypto';
import { type McpAccessToken, type McpGrant, type McpRefreshToken, revokeMcpGrant } from '../../world/mcp-grants.ts';
import type { World } from '../../world/world.ts';

const CODE_MS = 10 * 60_000;

/** What the person on the consent page agreed to. */
export interface Consent {
  readonly clientId: string;
  readonly userId: string;
  readonly workspaceId: string;
  readonly scope: string;
  readonly resource: string | null;
  readonly redirectUri: string;
  readonly challenge: string | null;
  readonly challengeMethod: 'S256' | 'plain';
}

/**
 * Opens a grant, and ends at once the one that the same person gave the same client before: two connections that share
 * a client id and a person cannot both live.
 */
export function openGrant(world: World, consent: Consent): McpGrant {
  const { clientId, userId, workspaceId, scope, resource, redirectUri, challenge, challengeMethod } = consent;
  for (const other of world.mcp.grants.values()) {
    if (other.clientId === clientId && other.userId === userId) other.revoked = true;
  }
  const id = world.ids.secret('').slice(0, 16);
  const now = world.clock.now();
  const code = { code: secretOf(world, userId, id), redirectUri, challenge, challengeMethod, expiresAt: now + CODE_MS };
  const grant: McpGrant = {
    id,
    clientId,
    userId,
    workspaceId,
    scope,
    resource,
    code: { ...code, used: false },
    createdAt: now,
    refreshedAt: now,
    revoked: false,
  };
  world.mcp.grants.set(id, grant);
  return grant;
}

/** The grant that a code, access token or refresh token says it belongs to. */
export function grantNamedBy(world: World, secret: string): McpGrant | null {
  const [, id = ''] = secret.split(':');
  return world.mcp.grants.get(id) ?? null;
}

export function newAccessToken(
  world: World,
  grant: McpGrant,
  audience: string | null,
  seconds: number,
): McpAccessToken {
  const token: McpAccessToken = {
    token: secretOf(world, grant.userId, grant.id),
    grantId: grant.id,
    audience,
    expiresAt: world.clock.now() + seconds * 1000,
    active: true,
  };
  world.mcp.accessTokens.set(token.token, token);
  return token;
}

export function newRefreshToken(world: World, grant: McpGrant): McpRefreshToken {
  const token: McpRefreshToken = {
    token: secretOf(world, grant.userId, grant.id),
    grantId: grant.id,
    state: 'current',
  };
  world.mcp.refreshTokens.set(token.token, token);
  return token;
}

/** The grant behind a living access token, and who the token is for; `null` is a 401. */
export function grantOf(world: World, accessToken: string): { grant: McpGrant; audience: string | null } | null {
  const token = world.mcp.accessTokens.get(accessToken);
  const grant = token === undefined ? undefined : world.mcp.grants.get(token.grantId);
  if (token === undefined || grant === undefined || grant.revoked || !token.active) return null;
  return token.expiresAt <= world.clock.now() ? null : { grant, audience: token.audience };
}

/** RFC 7009 as the provider library does it: a refresh token takes the grant along, an access token ends alone. */
export function revokeToken(world: World, clientId: string, token: string): void {
  const grant = grantNamedBy(world, token);
  if (grant === null || grant.clientId !== clientId) return;
  const access = world.mcp.accessTokens.get(token);
  if (access !== undefined) access.active = false;
  if (world.mcp.refreshTokens.has(token)) revokeMcpGrant(world.mcp, grant.id);
}

/** RFC 7636 section 4.6. */
export function verifierMatches({ code }: McpGrant, verifier: string): boolean {
  if (code.challengeMethod === 'plain') return verifier === code.challenge;
  return createHash('sha256').update(verifier).digest('base64url') === code.challenge;
}

/** The provider library's form: who, which grant, and what only the holder knows. */
function secretOf(world: World, userId: string, grantId: string): string {
  return `${userId}:${grantId}:${world.ids.secret('').slice(0, 32)}`;
}
