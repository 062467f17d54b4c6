import { isId, type WorkspaceId } from '../../domain/ids.ts';

/** Where a request of an MCP client is addressed. */
export interface McpAddress {
  /** Null: the workspace of the credential. */
  readonly workspace: WorkspaceId | null;
  /** `/mcp` or `/w/wsp_…/mcp`. */
  readonly path: string;
}

/**
 * Reads `/mcp` and `/w/:workspace/mcp`. Null for any other address, and for one with a query: no credential belongs in
 * a query.
 */
export function parseMcpAddress(url: string): McpAddress | null {
  if (url === '/mcp' || url === '/mcp/') return { workspace: null, path: '/mcp' };
  const workspace = /^\/w\/([^/?#]*)\/mcp\/?$/.exec(url)?.[1];
  return isId('wsp', workspace) ? { workspace, path: `/w/${workspace}/mcp` } : null;
}
