import { type AccessToken, type Client, type RefreshToken, revokeInstallation } from '../world/connections.ts';
import type { World } from '../world/world.ts';
import { newAccessToken, newRefreshToken, type TokenPair } from './grants.ts';
import { invalidGrant } from './oauth-error.ts';

/** What a refresh token that was already rotated away still does. Nothing is published, so each belief can be chosen. */
export interface RotationMode {
  /**
   * `strict`: nothing. `previous_once`: the one before the newest works once more, until the newest is used.
   * `revoke_family`: using an old one ends the whole connection.
   */
  readonly reuse: 'strict' | 'previous_once' | 'revoke_family';
  /** Whether a refresh ends the access token that it replaces. */
  readonly revokeOldAccess: boolean;
}

export const DEFAULT_ROTATION: RotationMode = { reuse: 'strict', revokeOldAccess: true };

/** Exchanges a refresh token for a new pair. */
export function refresh(world: World, client: Client, token: string, mode: RotationMode): TokenPair {
  const found = world.connections.refreshTokens.get(token);
  const installation = found === undefined ? undefined : world.connections.installations.get(found.botId);
  if (found === undefined || installation?.clientId !== client.id) throw invalidGrant('Invalid refresh token.');
  if (found.state === 'revoked' || installation.revoked) throw invalidGrant('Token has been expired or revoked.');
  if (found.state === 'current') return rotate(world, found, mode);
  if (found.state === 'previous' && mode.reuse === 'previous_once') {
    for (const other of siblings(world, found)) if (other.state === 'current') other.state = 'spent';
    return rotate(world, found, mode);
  }
  if (mode.reuse === 'revoke_family') {
    revokeInstallation(world.connections, found.botId);
    throw invalidGrant('Refresh token reuse detected.');
  }
  throw invalidGrant('Token has been expired or revoked.');
}

function rotate(world: World, used: RefreshToken, mode: RotationMode): TokenPair {
  for (const other of siblings(world, used)) if (other.state === 'previous') other.state = 'spent';
  used.state = 'previous';
  const access = newAccessToken(world, used.botId);
  if (mode.revokeOldAccess) endOthers(world, access);
  return newRefreshToken(world, access);
}

function siblings(world: World, token: RefreshToken): RefreshToken[] {
  return [...world.connections.refreshTokens.values()].filter(one => one.botId === token.botId && one !== token);
}

function endOthers(world: World, newest: AccessToken): void {
  for (const token of world.connections.accessTokens.values()) {
    if (token.botId === newest.botId && token !== newest) token.active = false;
  }
}
