import type { CommandContext, Operation } from '../../domain/operation.ts';
import { classifyTool } from '../../notion/classify-tool.ts';
import { isJsonObject, type JsonObject } from '../../notion/strict-json.ts';
import { inputSchemaOf, readArguments, type ToolRow } from '../../notion/tool-row.ts';
import { findTool, tools } from '../../notion/tools.ts';
import { asMember, impossible, localOperation, unknownTool } from './operation.ts';
import type { McpMessage } from './read-message.ts';
import type { NotionCalls } from './rest-tools/notion-calls.ts';
import { restTools } from './rest-tools/rest-tools.ts';
import { handshakeRevisions, isHandshakeRevision, revisions } from './revisions.ts';
import { type CallFrame, restToolOperation, type ToolCallParts } from './tool-call.ts';

/**
 * The way by which a tool would reach Notion for a caller, before the policy decides: the hosted server, the REST API,
 * or null for no way.
 */
export type ToolRoute = (row: ToolRow) => 'hosted' | 'rest' | null;

const serverInfo = { name: 'portcullis', title: 'Notion, through Portcullis', version: '1' };
/** From 2026-07-28 on a server names itself beside its results. */
const saysWhoItIs = { 'io.modelcontextprotocol/serverInfo': serverInfo };
const capabilities = { tools: {} };
const instructions =
  'Notion, as far as your role in this workspace allows. What you may not see is not there; what you may not do is refused, and everything is logged.';

/** Lists are each caller's own. */
const uncached = { ttlMs: 0, cacheScope: 'private' };

export interface RequestParts extends ToolCallParts {
  readonly frame: CallFrame;
  readonly route: ToolRoute;
  readonly progress: NotionCalls['progress'];
}

/** What a request wants, as an operation. Null: there is no such method in its revision. */
export function operationOf(message: McpMessage, parts: RequestParts): Operation | null {
  const { method, params, modern } = message;
  const result = (fields: object) => (modern ? { resultType: 'complete', ...fields } : fields);
  switch (method) {
    case 'tools/list':
      return local('mcp.tools.list', async context => result(toolList(context, parts.route, modern)));
    case 'tools/call':
      return toolCall(params, parts);
    case 'initialize':
      return modern ? null : local('mcp.initialize', async () => handshake(params));
    case 'ping':
      return modern ? null : local('mcp.ping', async () => ({}));
    case 'server/discover':
      if (!modern) return null;
      return local('mcp.discover', async () =>
        result({ supportedVersions: revisions, capabilities, instructions, ...uncached, _meta: saysWhoItIs }),
      );
    default:
      return null;
  }
}

function local(name: string, run: (context: CommandContext) => Promise<object>): Operation {
  return localOperation(name, 'read', asMember, run);
}

function handshake({ protocolVersion: asked }: JsonObject): object {
  const protocolVersion = isHandshakeRevision(asked) ? asked : handshakeRevisions[0];
  return { protocolVersion, capabilities, serverInfo, instructions };
}

/** The tools that a call of this caller could pass with, by the policy that decides calls. */
function toolList({ may }: CommandContext, route: ToolRoute, modern: boolean): object {
  const shown = tools.filter(row => route(row) !== null && row.actions.every(may));
  return { tools: shown.map(described), ...(modern ? uncached : {}) };
}

const descriptions = new Map<string, object>();

function described(row: ToolRow): object {
  const known = descriptions.get(row.name);
  if (known !== undefined) return known;
  const { name, title, description, annotations } = row;
  const made = { name, title, description, inputSchema: inputSchemaOf(row), annotations: { title, ...annotations } };
  descriptions.set(name, made);
  return made;
}

function toolCall(params: JsonObject, parts: RequestParts): Operation {
  const { name, arguments: given = {} } = params;
  const row = typeof name === 'string' ? findTool(name) : null;
  const route = row === null ? null : parts.route(row);
  if (row === null || route === null) {
    return impossible(unknownTool, { code: 'validation_error', message: 'There is no such tool here.' });
  }
  const read = isJsonObject(given) ? readArguments(row, given) : { problem: 'arguments must be an object.' };
  if ('problem' in read) {
    return impossible(`tools.${row.name}`, { code: 'validation_error', message: `MCP error -32602: ${read.problem}` });
  }
  const tool = restTools.get(row.name);
  if (route === 'hosted' && row.hosted !== null) return classifyTool(row, row.hosted, read.args);
  if (tool === undefined) throw new Error(`no way leads to Notion for ${row.name}`);
  return restToolOperation(row, tool, read.args, parts.frame, parts, parts.progress);
}
