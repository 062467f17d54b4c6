import type { CommandContext, Operation } from '../../domain/operation.ts';
import { isJsonObject, type JsonObject } from '../../notion/strict-json.ts';
import { inputSchemaOf, readArguments, type ToolRow } from '../../notion/tool-row.ts';
import { findTool, tools } from '../../notion/tools.ts';
import { asMember, impossible, localOperation } from './operation.ts';
import type { McpMessage } from './read-message.ts';
import type { NotionCalls } from './rest-tools/notion-calls.ts';
import { restTools } from './rest-tools/rest-tools.ts';
import { handshakeRevisions, isHandshakeRevision, revisions } from './revisions.ts';
import { type CallFrame, restToolOperation, type ToolCallParts } from './tool-call.ts';

/** Which tools there are for a caller at all, before the policy says which of them are theirs. */
export type ServedTools = (row: ToolRow) => boolean;

const serverInfo = { name: 'portcullis', title: 'Notion, through Portcullis', version: '1' };
const capabilities = { tools: {} };
const instructions =
  'Notion, as far as your role in this workspace allows. What you may not see is not there; what you may not do is refused, and everything is logged.';

/** Lists are each caller's own. */
const uncached = { ttlMs: 0, cacheScope: 'private' };

export interface RequestParts extends ToolCallParts {
  readonly frame: CallFrame;
  readonly serves: ServedTools;
  readonly progress: NotionCalls['progress'];
}

/** What a request wants, as an operation. Null: there is no such method in its revision. */
export function operationOf(message: McpMessage, parts: RequestParts): Operation | null {
  const { method, params, modern } = message;
  const result = (fields: object) => (modern ? { resultType: 'complete', ...fields } : fields);
  switch (method) {
    case 'tools/list':
      return local('mcp.tools.list', async context => result(toolList(context, parts.serves, modern)));
    case 'tools/call':
      return withResultType(toolCall(params, parts), modern);
    case 'initialize':
      return modern ? null : local('mcp.initialize', async () => handshake(params));
    case 'ping':
      return modern ? null : local('mcp.ping', async () => ({}));
    case 'server/discover':
      if (!modern) return null;
      return local('mcp.discover', async () =>
        result({ supportedVersions: revisions, capabilities, serverInfo, instructions, ...uncached }),
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
function toolList({ may }: CommandContext, serves: ServedTools, modern: boolean): object {
  const shown = tools.filter(row => serves(row) && row.actions.every(may));
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
  const tool = row === null ? undefined : restTools.get(row.name);
  if (row === null || tool === undefined || !parts.serves(row)) {
    return impossible('tools.unknown', { code: 'validation_error', message: 'There is no such tool here.' });
  }
  const read = isJsonObject(given) ? readArguments(row, given) : { problem: 'arguments must be an object.' };
  if ('problem' in read) return impossible(`tools.${row.name}`, { code: 'validation_error', message: read.problem });
  return restToolOperation(row, tool, read.args, parts.frame, parts, parts.progress);
}

/** From 2026-07-28 on a result says that it is one. */
function withResultType(operation: Operation, modern: boolean): Operation {
  const { target } = operation;
  if (!modern || target?.kind !== 'local') return operation;
  const run: typeof target.run = async context => {
    const answer = await target.run(context);
    return { ...answer, body: Buffer.from(String(answer.body).replace(/^\{/, '{"resultType":"complete",')) };
  };
  return { ...operation, target: { ...target, run } };
}
