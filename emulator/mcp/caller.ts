import type { Emulation } from '../emulation.ts';
import type { Call } from '../http/route.ts';
import { ALL_CAPABILITIES } from '../world/connections.ts';
import type { McpGrant } from '../world/mcp-grants.ts';

/** The person behind a grant as a caller: everything that they see, everything that they may do. */
export function callOf({ world, url, settings }: Emulation, grant: McpGrant): Call {
  return {
    world,
    caller: {
      botId: grant.userId,
      workspaceId: grant.workspaceId,
      clientId: null,
      userId: grant.userId,
      name: 'Notion MCP',
      capabilities: ALL_CAPABILITIES,
      shared: new Set(),
      reach: 'person',
      revoked: false,
    },
    version: '2026-03-11',
    baseUrl: url,
    searchDelayMs: settings.searchDelayMs,
  };
}
