import type { Secret } from '../domain/secret.ts';
import { userAgent } from '../domain/user-agent.ts';

/**
 * The request headers that may travel to Notion (rule 7). The door keeps to the same list; a name that is not here is
 * a defect of ours, and stops the call instead of leaking whatever the header holds.
 */
const forwarded: ReadonlySet<string> = new Set([
  ...['accept', 'content-length', 'content-type', 'notion-version'],
  // Of a call of a tool: its revision of the protocol.
  'mcp-protocol-version',
]);

/**
 * The headers of the request to Notion as a flat list of names and values, with the workspace's token on. It is Portcullis
 * that calls, whatever the client calls itself, and whether or not it does: edges refuse requests that name nobody.
 */
export function requestHeaders(headers: Readonly<Record<string, string>>, token: Secret): string[] {
  const list = ['authorization', `Bearer ${token.reveal()}`, 'user-agent', userAgent];
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined) continue;
    if (!forwarded.has(name)) throw new Error(`the header ${JSON.stringify(name)} may not be forwarded`);
    list.push(name, value);
  }
  return list;
}
