import type { Emulation } from '../emulation.ts';
import type { Answer } from '../http/answer.ts';
import type { Exchange } from '../http/exchange.ts';
import { authorizationEndpoints, preflightAnswer } from './authorization/endpoints.ts';

const PATHS = new Set(Object.keys(authorizationEndpoints).map(key => key.split(' ')[1]));

/** The endpoint of the hosted MCP server or its authorization server at this path, or `null`. */
export function createMcpEndpoint(
  emulation: Emulation,
): (path: string) => ((exchange: Exchange) => Promise<Answer>) | null {
  return path => (PATHS.has(path) ? async exchange => answer(emulation, exchange) : null);
}

async function answer(emulation: Emulation, exchange: Exchange): Promise<Answer> {
  if (exchange.method === 'OPTIONS') return preflightAnswer();
  const endpoint = authorizationEndpoints[`${exchange.method} ${exchange.path}`];
  if (endpoint !== undefined) return endpoint(emulation, exchange);
  return { status: 405, contentType: 'text/plain', body: 'Method not allowed' };
}
