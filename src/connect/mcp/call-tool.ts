import { z } from 'zod';
import { parseJson } from '../oauth-response.ts';
import type { SafeFetch } from '../safe-fetch/safe-fetch.ts';
import { type Challenge, readChallenge } from './challenge.ts';

const protocolVersion = '2025-06-18';

const rpcAnswer = z.object({ id: z.literal(1), result: z.record(z.string(), z.unknown()) });
const toolResult = z.object({
  isError: z.boolean().optional(),
  structuredContent: z.record(z.string(), z.unknown()).optional(),
  content: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })).default([]),
});

/** needs_scope: the token is good, and not for this (RFC 6750 section 3.1). */
export type ToolAnswer =
  | { readonly kind: 'result'; readonly result: unknown }
  | { readonly kind: 'needs_scope'; readonly challenge: Challenge }
  | { readonly kind: 'failed' };

/**
 * Calls one tool of an MCP server once, outside any session that lasts, and answers with its result as JSON. For the few
 * questions that connecting has; callers' traffic does not come here. Throws `SafeFetchError`.
 */
export async function callTool(
  fetch: SafeFetch,
  { serverUrl, accessToken, name, input }: { serverUrl: string; accessToken: string; name: string; input: object },
): Promise<ToolAnswer> {
  const send = (message: object, session: string | null) =>
    fetch(serverUrl, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${accessToken}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': protocolVersion,
        ...(session !== null && { 'mcp-session-id': session }),
      },
      body: JSON.stringify({ jsonrpc: '2.0', ...message }),
      types: ['text/event-stream'],
    });

  const clientInfo = { name: 'portcullis', version: '1' };
  const greeting = await send(
    { id: 1, method: 'initialize', params: { protocolVersion, capabilities: {}, clientInfo } },
    null,
  );
  if (!greeting.ok) return refusal(greeting);
  // A server without sessions gives no id, and needs none.
  const session = greeting.headers.get('mcp-session-id');
  await send({ method: 'notifications/initialized' }, session);
  const response = await send({ id: 1, method: 'tools/call', params: { name, arguments: input } }, session);
  return response.ok ? resultOf(await readMessage(response)) : refusal(response);
}

function refusal({ status, headers }: Response): ToolAnswer {
  const challenge = status === 403 ? readChallenge(headers.get('www-authenticate')) : null;
  return challenge?.error === 'insufficient_scope' ? { kind: 'needs_scope', challenge } : { kind: 'failed' };
}

async function readMessage(response: Response): Promise<unknown> {
  const text = await response.text();
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) return parseJson(text);
  // Server-sent events: the answer is the event whose data is the message with our id.
  const messages = text.split(/\r?\n\r?\n/).map(event => parseJson(dataOf(event)));
  return messages.find(message => rpcAnswer.safeParse(message).success);
}

function dataOf(event: string): string {
  const lines = event.split(/\r?\n/).filter(line => line.startsWith('data:'));
  return lines.map(line => line.slice('data:'.length)).join('\n');
}

function resultOf(message: unknown): ToolAnswer {
  const answer = rpcAnswer.safeParse(message);
  const result = toolResult.safeParse(answer.data?.result);
  if (!result.success || result.data.isError) return { kind: 'failed' };
  const { structuredContent, content } = result.data;
  const text = content.find(({ type }) => type === 'text')?.text ?? null;
  return { kind: 'result', result: structuredContent ?? parseJson(text) };
}
