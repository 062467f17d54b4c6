import type { Answer, Operation } from '../domain/operation.ts';
import { refusedAnswer } from './public-error.ts';
import type { Upstream } from './upstream.ts';

/** Notion's hosted MCP server. */
export interface HostedServer {
  readonly upstream: Upstream;
  /** The path of its endpoint: `/mcp`. */
  readonly path: string;
}

/** The id of every request of ours: each has a connection of its own, so ids cannot be mixed up. */
const toolRequestId = 1;

/**
 * Takes the result of a tool out of the protocol: only the result is released later, as JSON. Refuses everything that
 * is no answer to the request, and never turns an error into a result. Throws `PortcullisError`.
 */
export function readToolAnswer(answer: Answer, { effect }: Operation): Answer {
  if (answer.status !== 200) return answer;
  const bytes = Buffer.isBuffer(answer.body) ? answer.body : Buffer.alloc(0);
  const message = messageIn(answer.headers['content-type'] ?? '', bytes.toString('utf8'));
  if (message === null) throw refusedAnswer(effect, 'the MCP server did not answer the request');
  const headers = { 'content-type': 'application/json' };
  if (isObject(message.result)) return { ...answer, headers, body: Buffer.from(JSON.stringify(message.result)) };
  const { error } = message;
  const text = isObject(error) && typeof error.message === 'string' ? error.message : 'The tool could not be called.';
  const body = { object: 'error', status: 400, code: 'validation_error', message: text };
  return { ...answer, status: 400, headers, body: Buffer.from(JSON.stringify(body)) };
}

/** The one message that answers the request, in JSON or in an event stream (Streamable HTTP). */
function messageIn(contentType: string, text: string): Record<string, unknown> | null {
  if (/^application\/json\b/i.test(contentType)) return answerOf(text);
  if (!/^text\/event-stream\b/i.test(contentType)) return null;
  for (const event of text.split(/\r?\n\r?\n/)) {
    const lines = event.split(/\r?\n/).filter(line => line.startsWith('data:'));
    const found = answerOf(lines.map(line => line.slice(5).trimStart()).join('\n'));
    if (found !== null) return found;
  }
  return null;
}

function answerOf(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    const isAnswer = isObject(value) && value.jsonrpc === '2.0' && value.id === toolRequestId;
    return isAnswer && Object.hasOwn(value, 'result') !== Object.hasOwn(value, 'error') ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
