import { z } from 'zod';
import { parseJson } from '../oauth-response.ts';
import { type Challenge, readChallenge } from './challenge.ts';

const rpcAnswer = z.object({ id: z.number(), result: z.record(z.string(), z.unknown()) });
const toolResult = z.object({
  isError: z.boolean().optional(),
  /** MCP 2026-07-28: another type asks the client a question, and there is no person here to answer. */
  resultType: z.literal('complete').optional(),
  structuredContent: z.record(z.string(), z.unknown()).optional(),
  content: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })).default([]),
});

/** needs_scope: the token is good, and not for this (RFC 6750 section 3.1). */
export type ToolAnswer =
  | { readonly kind: 'result'; readonly result: unknown }
  | { readonly kind: 'needs_scope'; readonly challenge: Challenge }
  | { readonly kind: 'failed'; readonly why: string };

/** What the refusal of any request of a call means. */
export function readRefusal({ status, headers }: Response): ToolAnswer {
  const challenge = status === 403 ? readChallenge(headers.get('www-authenticate')) : null;
  if (challenge?.error === 'insufficient_scope') return { kind: 'needs_scope', challenge };
  return { kind: 'failed', why: `the MCP server answered ${status}` };
}

/** The result of the request with this id, in JSON or in an event of a stream; null if the answer has none. */
export async function readRpcResult(response: Response, id: number): Promise<Record<string, unknown> | null> {
  const text = await response.text();
  const streamed = response.headers.get('content-type')?.startsWith('text/event-stream');
  const messages = streamed ? text.split(/\r?\n\r?\n/).map(event => parseJson(dataOf(event))) : [parseJson(text)];
  const answers = messages.map(message => rpcAnswer.safeParse(message).data);
  return answers.find(answer => answer?.id === id)?.result ?? null;
}

function dataOf(event: string): string {
  const lines = event.split(/\r?\n/).filter(line => line.startsWith('data:'));
  return lines.map(line => line.slice('data:'.length)).join('\n');
}

export function readToolResult(found: Record<string, unknown> | null): ToolAnswer {
  if (found === null) return { kind: 'failed', why: 'the MCP server gave no result' };
  const result = toolResult.safeParse(found);
  if (!result.success) return { kind: 'failed', why: 'the MCP server gave a result of another kind' };
  if (result.data.isError) return { kind: 'failed', why: 'the tool notion-fetch failed' };
  const { structuredContent, content } = result.data;
  const text = content.find(({ type }) => type === 'text')?.text ?? null;
  return { kind: 'result', result: structuredContent ?? parseJson(text) };
}
