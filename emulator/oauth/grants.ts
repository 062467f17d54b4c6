import {
  type AccessToken,
  ALL_CAPABILITIES,
  type AuthorizationCode,
  type Client,
  findInstallation,
  type Installation,
  type RefreshToken,
} from '../world/connections.ts';
import type { World } from '../world/world.ts';

const CODE_LIFETIME_MS = 10 * 60_000;

/** What the person on the consent page decided. Nothing is granted until the code is exchanged. */
export function issueCode(
  world: World,
  decision: Pick<AuthorizationCode, 'clientId' | 'userId' | 'workspaceId' | 'pageIds' | 'redirectUri'>,
): AuthorizationCode {
  const code: AuthorizationCode = {
    ...decision,
    code: world.ids.uuid(),
    expiresAt: world.clock.now() + CODE_LIFETIME_MS,
    used: false,
  };
  world.connections.codes.set(code.code, code);
  return code;
}

/**
 * Carries out a consent. Grants attach to (connection, person, workspace): authorising again keeps the bot id, adds the
 * ticked pages to those already shared and takes over the connection's capabilities of today.
 */
export function install(world: World, client: Client, code: AuthorizationCode): Installation {
  const { clientId, userId, workspaceId } = code;
  const existing = findInstallation(world.connections, { clientId, userId, workspaceId });
  const installation: Installation = existing ?? {
    botId: world.ids.uuid(),
    workspaceId,
    clientId,
    userId,
    name: client.name,
    capabilities: client.capabilities,
    shared: new Set(),
    revoked: false,
  };
  installation.capabilities = client.capabilities;
  installation.revoked = false;
  for (const pageId of code.pageIds) installation.shared.add(pageId);
  world.connections.installations.set(installation.botId, installation);
  return installation;
}

export interface TokenPair {
  readonly access: AccessToken;
  readonly refresh: RefreshToken;
}

/**
 * The tokens of an authorisation. Repeating it for the same person and workspace answers the same access token until the
 * connection is removed (Notion's changelog); the refresh token is new, and the older one ends.
 */
export function authorizationTokens(world: World, botId: string): TokenPair {
  const { accessTokens, refreshTokens } = world.connections;
  for (const token of refreshTokens.values()) {
    if (token.botId === botId && token.state !== 'revoked') token.state = 'spent';
  }
  const living = [...accessTokens.values()].filter(token => token.botId === botId && token.active).at(-1);
  return newRefreshToken(world, living ?? newAccessToken(world, botId));
}

export function newAccessToken(world: World, botId: string): AccessToken {
  const access: AccessToken = {
    token: world.ids.secret('ntn_'),
    botId,
    issuedAt: world.clock.now(),
    active: true,
  };
  world.connections.accessTokens.set(access.token, access);
  return access;
}

export function newRefreshToken(world: World, access: AccessToken): TokenPair {
  const refresh: RefreshToken = {
    token: world.ids.secret('nrt_'),
    botId: access.botId,
    accessToken: access.token,
    state: 'current',
  };
  world.connections.refreshTokens.set(refresh.token, refresh);
  return { access, refresh };
}

/** An internal connection: a static token, owned by the workspace. */
export function installInternal(
  world: World,
  options: { workspaceId: string; name: string; shared: readonly string[] },
): { installation: Installation; token: string } {
  const installation: Installation = {
    botId: world.ids.uuid(),
    workspaceId: options.workspaceId,
    clientId: null,
    userId: null,
    name: options.name,
    capabilities: ALL_CAPABILITIES,
    shared: new Set(options.shared),
    revoked: false,
  };
  world.connections.installations.set(installation.botId, installation);
  return { installation, token: newAccessToken(world, installation.botId).token };
}
