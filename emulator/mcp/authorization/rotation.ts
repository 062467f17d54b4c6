import { type McpGrant, type McpRefreshToken, revokeMcpGrant } from '../../world/mcp-grants.ts';
import type { World } from '../../world/world.ts';
import { newRefreshToken } from './grants.ts';
import { invalidGrant } from './oauth-refusal.ts';

/**
 * What refreshing does. Notion's guide and live reports disagree, so each belief can be chosen.
 *
 * A lost answer, a slow one and a 5xx after the rotation are faults on `/token` (`addFault` with `when: 'after'`).
 */
export interface McpRotationMode {
  /**
   * `previous_once`: the newest and the one before it are valid; using one ends the other; anything older revokes the
   * grant (Notion's guide). `revoke_family`: anything but the newest revokes the grant (live reports, 2026-08).
   * `strict`: anything but the newest is refused and the grant lives on.
   */
  readonly reuse: 'previous_once' | 'revoke_family' | 'strict';
  /** Whether a refresh ends the access tokens that were issued before it. */
  readonly revokeOldAccess: boolean;
}

export const DEFAULT_MCP_ROTATION: McpRotationMode = { reuse: 'previous_once', revokeOldAccess: false };

const DAY_MS = 24 * 3_600_000;
/** A grant ends 180 days after the consent, or after 30 days without a refresh (Notion, "Build an MCP client"). */
const GRANT_MS = 180 * DAY_MS;
const IDLE_MS = 30 * DAY_MS;

/** Spends a refresh token and answers the next one; a reuse is answered as the mode says. */
export function rotate(world: World, grant: McpGrant, token: string, mode: McpRotationMode): McpRefreshToken {
  const now = world.clock.now();
  const found = world.mcp.refreshTokens.get(token);
  if (grant.revoked) throw invalidGrant('OAuth grant revoked');
  if (found === undefined || found.grantId !== grant.id) throw invalidGrant('Invalid refresh token');
  if (now >= grant.createdAt + GRANT_MS || now >= grant.refreshedAt + IDLE_MS) {
    throw invalidGrant('Refresh token has expired');
  }
  const usable = found.state === 'current' || (found.state === 'previous' && mode.reuse === 'previous_once');
  if (!usable) throw refusedReuse(world, grant, mode);
  for (const other of world.mcp.refreshTokens.values()) if (other.grantId === grant.id) other.state = 'spent';
  found.state = 'previous';
  grant.refreshedAt = now;
  if (mode.revokeOldAccess) {
    for (const access of world.mcp.accessTokens.values()) if (access.grantId === grant.id) access.active = false;
  }
  return newRefreshToken(world, grant);
}

function refusedReuse(world: World, grant: McpGrant, mode: McpRotationMode) {
  if (mode.reuse === 'strict') return invalidGrant('Invalid refresh token');
  revokeMcpGrant(world.mcp, grant.id);
  return invalidGrant('Refresh token reuse detected');
}
