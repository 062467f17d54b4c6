import type { Connection } from '../../api.ts';

const names: Readonly<Record<Connection['kind'], string>> = {
  rest: 'Notion REST API',
  mcp: 'Notion MCP',
  internal: 'Internal integration',
};

export function kindName(kind: Connection['kind']): string {
  return names[kind];
}

/** Where a person goes to agree to a connection at Notion. */
export function connectAddress(kind: Connection['kind'], workspaceId: string): string {
  const path = kind === 'mcp' ? '/auth/notion-mcp' : '/auth/notion';
  return `${path}?workspace=${encodeURIComponent(workspaceId)}`;
}
