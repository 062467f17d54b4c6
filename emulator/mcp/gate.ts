import type { IncomingMessage } from 'node:http';
import type { Emulation } from '../emulation.ts';
import { type Answer, jsonAnswer } from '../http/answer.ts';
import type { Exchange } from '../http/exchange.ts';
import type { McpGrant } from '../world/mcp-grants.ts';
import { grantOf } from './authorization/grants.ts';
import { resourceMetadataUrl, resourceOf } from './authorization/metadata.ts';
import { covers } from './authorization/resource.ts';
import { isLoopbackHost } from './loopback.ts';

/** Web pages that may call: this machine's, and Notion's own. */
const ORIGINS = ['https://www.notion.so', 'https://www.notion.com', 'https://app.notion.com'];

/** A request that reached this machine under another name is a page that rebound its name. */
export function hasForeignHost(request: IncomingMessage): Answer | null {
  const host = request.headers.host ?? '';
  const hostname = URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '';
  return isLoopbackHost(hostname) ? null : refused(`Invalid Host: ${host}`);
}

/** Requests without an Origin come from no page and pass. */
export function foreignOrigin(baseUrl: string, request: IncomingMessage): Answer | null {
  const { origin } = request.headers;
  if (origin === undefined || origin === baseUrl || ORIGINS.includes(origin)) return null;
  if (URL.canParse(origin) && isLoopbackHost(new URL(origin).hostname)) return null;
  return refused(`Invalid Origin: ${origin}`);
}

/** The grant of the bearer token, if the token is alive and was issued for this resource. */
export function verifiedGrant(emulation: Emulation, exchange: Exchange): McpGrant | null {
  const token = /^Bearer (\S+)$/i.exec(exchange.request.headers.authorization ?? '')?.[1];
  if (token === undefined) return null;
  exchange.credential = 'unknown';
  const found = grantOf(emulation.world, token);
  if (found === null) return null;
  if (found.audience !== null && !covers(found.audience, resourceOf(emulation.url))) return null;
  exchange.credential = 'token';
  exchange.botId = found.grant.id;
  return found.grant;
}

/** RFC 9728 section 5.1; an error code only where there was a credential (RFC 6750 section 3.1). */
export function unauthorized(baseUrl: string, request: IncomingMessage): Answer {
  const description = 'Missing or invalid access token';
  const detail =
    request.headers.authorization === undefined ? '' : `, error="invalid_token", error_description="${description}"`;
  return jsonAnswer(
    401,
    { error: 'invalid_token', error_description: description },
    { 'www-authenticate': `Bearer resource_metadata="${resourceMetadataUrl(baseUrl)}"${detail}` },
  );
}

function refused(message: string): Answer {
  return jsonAnswer(403, { jsonrpc: '2.0', error: { code: -32000, message }, id: null });
}
