import type { Operation } from '../domain/operation.ts';
import { isJsonObject, type JsonObject } from './strict-json.ts';

/** The revision that Notion's server was seen to speak; it keeps no sessions. */
const hostedRevision = '2025-06-18';

/** Asks the hosted server which tools it has, a page at a time. Portcullis alone asks that, as the system. */
export function toolListOperation(cursor: string | null): Operation {
  const params = cursor === null ? {} : { cursor };
  return {
    name: 'tools.list',
    effect: 'read',
    demands: [{ action: 'read', object: { kind: 'workspace' } }],
    problem: null,
    target: {
      kind: 'notion',
      method: 'POST',
      path: '/mcp',
      headers: hostedHeaders,
      body: Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params })),
      hosted: { tool: null, shows: 'definitions' },
    },
    response: { opaque: false, readAction: 'read', rewriteUrls: false, notFound: null, binds: null },
  };
}

/** What every request to the hosted server says of itself. */
export const hostedHeaders = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
  'mcp-protocol-version': hostedRevision,
} as const;

/** One page of a server's tools: each tool's definition with sorted keys, by its name. */
export interface ToolPage {
  readonly tools: ReadonlyMap<string, string>;
  readonly nextCursor: string | null;
}

/** Null: the answer is no list of tools. What stands in `_meta` defines nothing. */
export function readToolPage(result: unknown): ToolPage | null {
  if (!isJsonObject(result) || !Array.isArray(result.tools)) return null;
  const tools = new Map<string, string>();
  for (const tool of result.tools) {
    if (!isJsonObject(tool) || typeof tool.name !== 'string' || tools.has(tool.name)) return null;
    const { _meta, ...definition } = tool;
    tools.set(tool.name, JSON.stringify(sorted(definition)));
  }
  return { tools, nextCursor: typeof result.nextCursor === 'string' ? result.nextCursor : null };
}

/** The same value with the keys of every object in one order, so that only a change of meaning is a change. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  const object: JsonObject = value;
  return Object.fromEntries(
    Object.keys(object)
      .sort()
      .map(key => [key, sorted(object[key])]),
  );
}
