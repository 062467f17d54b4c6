import type { SafeFetch } from '../../net/safe-fetch/safe-fetch.ts';
import { readRefusal, readRpcResult, readToolResult, type ToolAnswer } from './tool-answer.ts';

const statelessVersion = '2026-07-28';
/** Those that begin with `initialize`, newest first. */
const sessionVersions = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'] as const;
const clientInfo = { name: 'portcullis', version: '1' };

export interface ToolCall {
  readonly serverUrl: string;
  readonly accessToken: string;
  readonly name: string;
  readonly input: object;
}

/**
 * Calls one tool of an MCP server and returns its result as JSON. It is for the few questions of connecting; callers'
 * traffic does not come here. The tool may be called twice, so it must change nothing. Throws `SafeFetchError`.
 *
 * MCP, "Versioning", dual-era clients: the first call is made without a session. If it is refused, and not for
 * authorization or passing trouble, the server may be of the older era, and is asked in the older way.
 */
export async function callTool(fetch: SafeFetch, call: ToolCall): Promise<ToolAnswer> {
  const response = await callStateless(fetch, call);
  if ([401, 403, 429].includes(response.status) || response.status >= 500) return readRefusal(response);
  const result = response.ok ? await readRpcResult(response, 1) : null;
  return result === null ? callInSession(fetch, call) : readToolResult(result);
}

/** MCP 2026-07-28, "Streamable HTTP": every request describes itself in headers that repeat the body. */
function callStateless(fetch: SafeFetch, call: ToolCall): Promise<Response> {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': statelessVersion,
    'io.modelcontextprotocol/clientInfo': clientInfo,
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const headers = { 'mcp-protocol-version': statelessVersion, 'mcp-method': 'tools/call', 'mcp-name': call.name };
  const params = { name: call.name, arguments: call.input, _meta };
  return post(fetch, call, headers, { id: 1, method: 'tools/call', params });
}

/** MCP 2025-11-25, "Lifecycle" and "Streamable HTTP". */
async function callInSession(fetch: SafeFetch, call: ToolCall): Promise<ToolAnswer> {
  const params = { protocolVersion: sessionVersions[0], capabilities: {}, clientInfo };
  const greeting = await post(fetch, call, {}, { id: 1, method: 'initialize', params });
  if (!greeting.ok) return readRefusal(greeting);
  const version = (await readRpcResult(greeting, 1))?.protocolVersion;
  const session = greeting.headers.get('mcp-session-id');
  const headers = {
    'mcp-protocol-version': String(version),
    // A server without sessions gives no id, and needs none.
    ...(session !== null && { 'mcp-session-id': session }),
  };
  try {
    if (!sessionVersions.some(known => known === version)) {
      return { kind: 'failed', why: 'the MCP server speaks another revision' };
    }
    await post(fetch, call, headers, { method: 'notifications/initialized' });
    const { name, input } = call;
    const request = { id: 2, method: 'tools/call', params: { name, arguments: input } };
    const response = await post(fetch, call, headers, request);
    return response.ok ? readToolResult(await readRpcResult(response, 2)) : readRefusal(response);
  } finally {
    if (session !== null) await endSession(fetch, call, headers);
  }
}

/** The server would keep it; one that does not let clients end sessions says 405. */
async function endSession(fetch: SafeFetch, call: ToolCall, headers: Readonly<Record<string, string>>): Promise<void> {
  const own = { ...headers, authorization: `Bearer ${call.accessToken}` };
  await fetch(call.serverUrl, { method: 'DELETE', headers: own, types: 'any' }).catch(() => {});
}

function post(
  fetch: SafeFetch,
  { serverUrl, accessToken }: ToolCall,
  headers: Readonly<Record<string, string>>,
  message: object,
): Promise<Response> {
  return fetch(serverUrl, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${accessToken}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', ...message }),
    types: ['text/event-stream'],
  });
}
