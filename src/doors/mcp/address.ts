import { isId, type WorkspaceId } from '../../domain/ids.ts';
import { isLoopback } from '../../domain/network-of.ts';

/** The address of an MCP client's request. */
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

/**
 * Whether a web page of that origin may call. A request without an Origin comes from no page. Where Portcullis itself is on a
 * loopback address, so may be the pages of a developer.
 */
export function isOurOrigin(origin: string | undefined, publicUrl: string): boolean {
  if (origin === undefined) return true;
  const ours = new URL(publicUrl);
  if (origin === ours.origin) return true;
  return URL.canParse(origin) && isLoopback(ours.hostname) && isLoopback(new URL(origin).hostname);
}
