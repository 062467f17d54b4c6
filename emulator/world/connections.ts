/** Who may call, and on whose behalf: connections as Notion's settings know them, and their installations. */

const CONTENT_CAPABILITIES = [
  'read_content',
  'update_content',
  'insert_content',
  'read_comments',
  'insert_comments',
] as const;
export type ContentCapability = (typeof CONTENT_CAPABILITIES)[number];

/** What a connection was configured to be able to do (Notion, "Connection capabilities"). */
export interface Capabilities extends Readonly<Record<ContentCapability, boolean>> {
  readonly user_information: 'none' | 'without_email' | 'with_email';
}

export const ALL_CAPABILITIES: Capabilities = {
  read_content: true,
  update_content: true,
  insert_content: true,
  read_comments: true,
  insert_comments: true,
  user_information: 'with_email',
};

/** A public connection: its id and secret authenticate the token endpoint. */
export interface Client {
  readonly id: string;
  secret: string;
  name: string;
  redirectUris: string[];
  capabilities: Capabilities;
}

/**
 * One installation: (connection, person, workspace). Page grants attach to it and not to a token, so every token of
 * the same three sees the same pages. `botId` is its stable key.
 */
export interface Installation {
  readonly botId: string;
  readonly workspaceId: string;
  /** `null` for an internal connection, which no OAuth client stands behind. */
  readonly clientId: string | null;
  /** `null`: owned by the workspace. */
  readonly userId: string | null;
  readonly name: string;
  capabilities: Capabilities;
  /** Ids of pages and databases shared with it; everything below them is shared too. */
  readonly shared: Set<string>;
  /** `person`: it sees what its person sees, shared or not, as the hosted MCP server does. */
  readonly reach?: 'person';
  revoked: boolean;
}

export interface AccessToken {
  readonly token: string;
  readonly botId: string;
  readonly issuedAt: number;
  active: boolean;
}

export interface RefreshToken {
  readonly token: string;
  readonly botId: string;
  readonly accessToken: string;
  /** `previous` was rotated away once; what that still allows is the rotation mode's decision. */
  state: 'current' | 'previous' | 'spent' | 'revoked';
}

export interface AuthorizationCode {
  readonly code: string;
  readonly clientId: string;
  readonly userId: string;
  readonly workspaceId: string;
  readonly pageIds: readonly string[];
  /** As sent to the authorize endpoint; `null` if the request left it out. */
  readonly redirectUri: string | null;
  readonly expiresAt: number;
  used: boolean;
}

export interface Connections {
  readonly clients: Map<string, Client>;
  readonly installations: Map<string, Installation>;
  readonly accessTokens: Map<string, AccessToken>;
  readonly refreshTokens: Map<string, RefreshToken>;
  readonly codes: Map<string, AuthorizationCode>;
}

export function createConnections(): Connections {
  return {
    clients: new Map(),
    installations: new Map(),
    accessTokens: new Map(),
    refreshTokens: new Map(),
    codes: new Map(),
  };
}

/** The installation behind a bearer token, or `null` where Notion would say "API token is invalid." */
export function installationOf(connections: Connections, token: string): Installation | null {
  const found = connections.accessTokens.get(token);
  if (found === undefined || !found.active) return null;
  const installation = connections.installations.get(found.botId);
  return installation === undefined || installation.revoked ? null : installation;
}

export function findInstallation(
  connections: Connections,
  key: { clientId: string; userId: string; workspaceId: string },
): Installation | null {
  for (const one of connections.installations.values()) {
    if (one.clientId === key.clientId && one.userId === key.userId && one.workspaceId === key.workspaceId) return one;
  }
  return null;
}

/** What removing the connection in Notion's settings does: every token dies, and the page grants with them. */
export function revokeInstallation(connections: Connections, botId: string): void {
  const installation = connections.installations.get(botId);
  if (installation === undefined) return;
  installation.revoked = true;
  installation.shared.clear();
  for (const token of connections.accessTokens.values()) if (token.botId === botId) token.active = false;
  for (const token of connections.refreshTokens.values()) if (token.botId === botId) token.state = 'revoked';
}
