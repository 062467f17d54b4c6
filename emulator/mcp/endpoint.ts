import type { Emulation } from '../emulation.ts';
import type { Answer } from '../http/answer.ts';
import type { Exchange } from '../http/exchange.ts';
import { authorizationEndpoints, methodNotAllowed, preflightAnswer } from './authorization/endpoints.ts';
import { createHostedServer } from './hosted-server.ts';

type Endpoint = (exchange: Exchange) => Promise<Answer>;

const AUTHORIZATION_PATHS = new Set(Object.keys(authorizationEndpoints).map(key => key.split(' ')[1]));

/** The endpoint of the hosted MCP server, or of its authorization server, at a path; `null` where neither is. */
export function createMcpEndpoint(emulation: Emulation): (path: string) => Endpoint | null {
  const hosted = createHostedServer(emulation);
  return path => {
    if (path === '/mcp') return exchange => hosted(exchange);
    return AUTHORIZATION_PATHS.has(path) ? exchange => authorization(emulation, exchange) : null;
  };
}

async function authorization(emulation: Emulation, exchange: Exchange): Promise<Answer> {
  if (exchange.method === 'OPTIONS') return preflightAnswer();
  const endpoint = authorizationEndpoints[`${exchange.method} ${exchange.path}`];
  return endpoint === undefined ? methodNotAllowed() : endpoint(emulation, exchange);
}
