/**
 * Who may call the hosted MCP server. Nothing here is shared with the REST connections: neither clients nor tokens of one
 * are known to the other.
 */

/** A registered client, or one known by its metadata document (its id is then that document's address). */
export interface McpClient {
  readonly id: string;
  /** `null` for a public client. */
  readonly secret: string | null;
  readonly name: string;
  readonly redirectUris: readonly string[];
  readonly authMethod: 'none' | 'client_secret_basic' | 'client_secret_post';
  /** Milliseconds since the epoch; `null` for a metadata document, which is read again at each authorization. */
  expiresAt: number | null;
}

/** What a consent promises until its code is exchanged, and what a later exchange of the same code is recognised by. */
export interface McpCode {
  readonly code: string;
  readonly redirectUri: string;
  readonly challenge: string | null;
  readonly challengeMethod: 'S256' | 'plain';
  readonly expiresAt: number;
  used: boolean;
}

/** One consent of one person for one client. It acts as the person: there are no page grants. */
export interface McpGrant {
  readonly id: string;
  readonly clientId: string;
  readonly userId: string;
  readonly workspaceId: string;
  readonly scope: string;
  /** The `resource` of the authorization request (RFC 8707). */
  readonly resource: string | null;
  readonly code: McpCode;
  readonly createdAt: number;
  refreshedAt: number;
  revoked: boolean;
}

export interface McpAccessToken {
  readonly token: string;
  readonly grantId: string;
  /** Who the token is for: `null` is any resource of this server. */
  readonly audience: string | null;
  readonly expiresAt: number;
  active: boolean;
}

export interface McpRefreshToken {
  readonly token: string;
  readonly grantId: string;
  /** `previous` was rotated away once; what that still allows is the rotation mode's decision. */
  state: 'current' | 'previous' | 'spent';
}

export interface McpGrants {
  readonly clients: Map<string, McpClient>;
  readonly grants: Map<string, McpGrant>;
  readonly accessTokens: Map<string, McpAccessToken>;
  readonly refreshTokens: Map<string, McpRefreshToken>;
}

export function createMcpGrants(): McpGrants {
  return { clients: new Map(), grants: new Map(), accessTokens: new Map(), refreshTokens: new Map() };
}

/** Ends a grant with every token of it. */
export function revokeMcpGrant(mcp: McpGrants, grantId: string): void {
  const grant = mcp.grants.get(grantId);
  if (grant !== undefined) grant.revoked = true;
}
