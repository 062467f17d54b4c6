import {
  createMcpHandler,
  type ListToolsResult,
  McpServer,
  ProtocolError,
  ProtocolErrorCode,
} from '@modelcontextprotocol/server';
import type { Emulation, Settings } from '../emulation.ts';
import { createRateLimit } from '../http/rate-limit.ts';
import type { McpGrant } from '../world/mcp-grants.ts';
import { callOf } from './caller.ts';
import { callTool } from './tools/call-tool.ts';
import { isOpenAi } from './tools/openai.ts';
import { findTool, listedForOpenAi, listedTools } from './tools/table.ts';

/** Answers one request that has passed the gate. */
export type Protocol = (request: Request, grant: McpGrant) => Promise<Response>;

/** The protocol itself, in both eras: a server for each request, which knows the person behind it. */
export function createProtocol(emulation: Emulation): Protocol {
  const limit = createRateLimit(emulation.world, emulation.settings);
  const handler = createMcpHandler(({ authInfo }) => {
    const grant = emulation.world.mcp.grants.get(String(authInfo?.extra?.grantId));
    if (grant === undefined) throw new Error('a request passed the gate without a grant');
    return serverFor(emulation, grant, limit);
  });
  return (request, grant) => {
    const authInfo = {
      token: 'checked',
      clientId: grant.clientId,
      scopes: [grant.scope],
      extra: { grantId: grant.id },
    };
    return handler.fetch(request, { authInfo });
  };
}

function serverFor(emulation: Emulation, grant: McpGrant, limit: ReturnType<typeof createRateLimit>): McpServer {
  const mcp = new McpServer({ name: 'Notion MCP', version: '1.0.0' }, { capabilities: { tools: {} } });
  const openAi = isOpenAi(emulation.world.mcp.clients.get(grant.clientId));
  mcp.server.setRequestHandler('tools/list', () => ({
    tools: listedNow(openAi ? listedForOpenAi : listedTools, emulation.settings),
  }));
  mcp.server.setRequestHandler('tools/call', ({ params }) => {
    const tool = findTool(params.name, openAi);
    if (tool === null) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Tool ${params.name} not found`);
    const surroundings = { faults: emulation.faults.tools, limit, requestId: emulation.world.ids.uuid() };
    return callTool(tool, callOf(emulation, grant), params.arguments, surroundings);
  });
  return mcp;
}

/** The tools as they are described now. What is described and was never listed is listed as well. */
function listedNow(listed: ListToolsResult['tools'], { toolDescriptions }: Settings): ListToolsResult['tools'] {
  const added = Object.keys(toolDescriptions).filter(name => listed.every(tool => tool.name !== name));
  const all = [...listed, ...added.map(name => ({ name, inputSchema: { type: 'object' as const } }))];
  return all.flatMap(tool => {
    const description = toolDescriptions[tool.name];
    return description === undefined ? tool : description === null ? [] : { ...tool, description };
  });
}
