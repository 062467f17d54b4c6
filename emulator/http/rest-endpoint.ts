import type { Emulation } from '../emulation.ts';
import { restRoutes } from '../rest/routes.ts';
import { type Installation, installationOf } from '../world/connections.ts';
import { type Answer, identifiedAnswer, jsonAnswer } from './answer.ts';
import { invalidRequestUrl, invalidToken, missingBearer } from './errors.ts';
import type { Exchange } from './exchange.ts';
import { createRateLimit } from './rate-limit.ts';
import { JSON_BYTES, MULTIPART_BYTES, parseForm, parseJson, readBytes } from './read-body.ts';
import { available, createRouter, type Match, Reply, type Unread } from './route.ts';
import { readVersion, type Version } from './versions.ts';

/**
 * `/v1/*` in the order of checks that recorded traffic shows: route and method, JSON, Authorization, Notion-Version,
 * then the route's own (validation, capability, lookup).
 */
export function createRestEndpoint(emulation: Emulation): (exchange: Exchange) => Promise<Answer> {
  const find = createRouter(restRoutes);
  const limit = createRateLimit(emulation.world, emulation.settings);
  return async exchange => {
    const matches = find(exchange.method, exchange.path);
    const first = matches[0];
    if (first === undefined) throw invalidRequestUrl();
    const body = await readBody(exchange, first.route.multipart);
    const caller = authenticate(emulation, exchange);
    limit(caller);
    const version = readVersion(header(exchange, 'notion-version'));
    const match = matchFor(matches, version);
    const { searchDelayMs } = emulation.settings;
    const call = { world: emulation.world, caller, version, baseUrl: emulation.url, searchDelayMs };
    const unread: Unread = { params: match.params, query: readQuery(exchange.query), body };
    const result = await match.route.run(call, unread);
    if (result instanceof Reply && !result.identified) return jsonAnswer(result.status, result.body);
    if (result instanceof Reply) return identifiedAnswer(result.status, result.body, exchange.requestId);
    return identifiedAnswer(200, result, exchange.requestId);
  };
}

/** A route that the version does not have is an invalid request URL (measured for data sources and database queries). */
function matchFor(matches: readonly Match[], version: Version): Match {
  const match = matches.find(one => available(one.route, version));
  if (match === undefined) throw invalidRequestUrl();
  return match;
}

async function readBody(exchange: Exchange, multipart: boolean): Promise<unknown> {
  if (exchange.method === 'GET' || exchange.method === 'DELETE') return {};
  const bytes = await readBytes(exchange.request, multipart ? MULTIPART_BYTES : JSON_BYTES);
  exchange.bodyBytes = bytes.length;
  return multipart ? parseForm(bytes, header(exchange, 'content-type') ?? '') : parseJson(bytes);
}

function authenticate(emulation: Emulation, exchange: Exchange): Installation {
  const token = /^Bearer (\S+)$/i.exec(exchange.request.headers.authorization ?? '')?.[1];
  if (token === undefined) throw missingBearer();
  exchange.credential = 'unknown';
  const caller = installationOf(emulation.world.connections, token);
  if (caller === null) throw invalidToken();
  exchange.credential = 'token';
  exchange.botId = caller.botId;
  return caller;
}

function header(exchange: Exchange, name: string): string | undefined {
  const value = exchange.request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

/** Repeated keys become lists; `name[]` means the same as `name`. */
function readQuery(text: string): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = {};
  if (text === '') return query;
  for (const [key, value] of new URLSearchParams(text)) {
    const name = key.endsWith('[]') ? key.slice(0, -2) : key;
    const before = Object.hasOwn(query, name) ? query[name] : undefined;
    if (name === '__proto__') continue;
    query[name] = before === undefined ? (key === name ? value : [value]) : [before, value].flat();
  }
  return query;
}
