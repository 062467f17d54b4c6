import { gzipSync } from 'node:zlib';
import type { ConnectProblem } from '../../src/domain/connect-problem.ts';
import type { Heard, Lie } from './lying-server.ts';

/** A way to be wrong, and the texts about it for people and for operators. */
export type Variant<Server> = readonly [
  what: string,
  lie: (server: Server) => unknown,
  problem: ConnectProblem,
  why: RegExp,
];

export const html: Lie = { headers: { 'content-type': 'text/html' }, body: '<h1>Sign in</h1>' };
export const hangs: Lie = { body: { later: true }, tricklesEveryMs: 600_000 };
export const cut: Lie = { cuts: true };
export const away: Lie = { status: 302, headers: { location: 'https://elsewhere.example/' } };
export const large: Lie = { body: { x: 'x'.repeat(300_000) } };
export const packed: Lie = { headers: { 'content-encoding': 'gzip' }, body: gzipSync('{}') };
export const long = `https://long.example/${'x'.repeat(200_000)}`;

export const workspace = { id: '6ba7b810-9dad-41d1-80b4-00c04fd430c8', name: 'Acme' };
export const user = { id: '6ba7b811-9dad-41d1-80b4-00c04fd430c8', name: 'Ada' };

/** The MCP server's answer to a client with a token. */
export function identity(structuredContent: object, more: object = {}) {
  return ({ headers, body }: Heard): Lie => {
    if (headers.authorization === undefined) return { status: 405 };
    const { id, method } = JSON.parse(body);
    if (method !== 'tools/call') return { status: 405 };
    return {
      body: { jsonrpc: '2.0', id, result: { resultType: 'complete', structuredContent, content: [], ...more } },
    };
  };
}

export const withToken = (lie: Lie) => (heard: Heard) =>
  heard.headers.authorization === undefined ? { status: 405 } : lie;

export const refusal = (error: string): Lie => ({ status: 400, body: { error } });

export function challenge(url: string): Lie {
  return { status: 401, headers: { 'www-authenticate': `Bearer resource_metadata="${url}"` } };
}
