import { isId, type WorkspaceId } from '../../domain/ids.ts';

/** The address of a request: the workspace, and the part of Notion's API. */
export interface Address {
  /** Null if the address names none. The workspace that it names need not exist. */
  readonly workspace: WorkspaceId | null;
  /** The request target that Notion would have seen: `/v1/…`, raw. */
  readonly target: string;
}

const inWorkspace = /^\/w\/([^/?#]*)(\/v1(?:[/?].*)?)$/;

/** Reads `/v1/…` and `/w/:workspace/v1/…`. Null for an address that is neither. */
export function parseAddress(url: string): Address | null {
  if (url.startsWith('/v1/')) return { workspace: null, target: url };
  const [, workspace, target] = inWorkspace.exec(url) ?? [];
  return isId('wsp', workspace) && target !== undefined ? { workspace, target } : null;
}
