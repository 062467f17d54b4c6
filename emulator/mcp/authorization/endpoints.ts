import type { Emulation } from '../../emulation.ts';
import { type Answer, jsonAnswer } from '../../http/answer.ts';
import type { Exchange } from '../../http/exchange.ts';
import { readBytes } from '../../http/read-body.ts';
import { browserAnswer } from '../../oauth/endpoints.ts';
import { decideMcpConsent, showMcpConsent } from './authorize.ts';
import { authorizationServerMetadata, protectedResourceMetadata } from './metadata.ts';
import { OAuthRefusal } from './oauth-refusal.ts';
import { registerClient } from './registration.ts';
import { mcpToken } from './token.ts';

const BODY_BYTES = 1024 * 1024;
/** Web clients ask from a page of their own, so metadata and tokens are readable from anywhere, as in the original. */
const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, POST, OPTIONS',
  'access-control-allow-headers': 'Authorization, Content-Type, MCP-Protocol-Version',
};

type Endpoint = (emulation: Emulation, exchange: Exchange) => Answer | Promise<Answer>;

/** The MCP authorization server, which stands at the origin's root. */
export const authorizationEndpoints: Readonly<Record<string, Endpoint>> = {
  'GET /.well-known/oauth-protected-resource/mcp': ({ url }) => json(200, protectedResourceMetadata(url)),
  'GET /.well-known/oauth-protected-resource': ({ url }) => json(200, protectedResourceMetadata(url)),
  'GET /.well-known/oauth-authorization-server': ({ url }) => json(200, authorizationServerMetadata(url)),
  'GET /authorize': async ({ world, url }, exchange) =>
    browserAnswer(await showMcpConsent({ world, baseUrl: url }, new URLSearchParams(exchange.query))),
  'POST /authorize': async ({ world, url }, exchange) =>
    browserAnswer(await decideMcpConsent({ world, baseUrl: url }, new URLSearchParams(await text(exchange)))),
  'POST /register': ({ world }, exchange) =>
    refusable(async () => json(201, registerClient(world, parsed(await text(exchange))))),
  'POST /token': ({ world, settings }, exchange) =>
    refusable(async () => {
      const { authorization, 'content-type': contentType } = exchange.request.headers;
      const body = await text(exchange);
      exchange.credential = 'unknown';
      const answer = mcpToken(world, { authorization, contentType, body }, settings);
      exchange.credential = 'client';
      return json(200, answer);
    }),
};

/** Answers a browser's preflight for any of the endpoints. */
export function preflightAnswer(): Answer {
  return { status: 204, contentType: 'text/plain', body: '', headers: CORS };
}

export function methodNotAllowed(): Answer {
  return { status: 405, contentType: 'text/plain', body: 'Method not allowed' };
}

async function text(exchange: Exchange): Promise<string> {
  const bytes = await readBytes(exchange.request, BODY_BYTES);
  exchange.bodyBytes = bytes.length;
  return bytes.toString('utf8');
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new OAuthRefusal(400, 'invalid_request', 'Invalid JSON payload');
  }
}

async function refusable(endpoint: () => Promise<Answer>): Promise<Answer> {
  try {
    return await endpoint();
  } catch (error) {
    if (error instanceof OAuthRefusal) return json(error.status, error.body());
    throw error;
  }
}

/** Tokens are never cached (RFC 6749 section 5.1). */
function json(status: number, body: object): Answer {
  return jsonAnswer(status, body, { ...CORS, 'cache-control': 'no-store', pragma: 'no-cache' });
}
