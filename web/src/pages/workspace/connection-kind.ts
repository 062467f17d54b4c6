import type { Connection } from '../../api.ts';

const names: Readonly<Record<Connection['kind'], string>> = {
  rest: 'Notion REST API',
  mcp: 'Notion MCP',
  internal: 'Internal integration',
};

export function kindName(kind: Connection['kind']): string {
  return names[kind];
}

/** Where a person goes to agree to a connection at Notion: of a workspace that is known, or of a new one. */
export function connectAddress(kind: Connection['kind'], workspaceId: string | null): string {
  const path = kind === 'mcp' ? '/auth/notion-mcp' : '/auth/notion';
  return workspaceId === null ? path : `${path}?workspace=${encodeURIComponent(workspaceId)}`;
}
