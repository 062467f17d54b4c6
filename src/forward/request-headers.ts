import type { Secret } from '../domain/secret.ts';
import { userAgent } from '../domain/user-agent.ts';

/**
 * The request headers that may be sent to Notion (rule 7). The door has the same list. A header that is missing here is
 * a defect of ours: it stops the call, so that its value does not leak.
 */
const forwarded: ReadonlySet<string> = new Set([
  ...['accept', 'content-length', 'content-type', 'notion-version'],
  // Of a call of a tool: its revision of the protocol.
  'mcp-protocol-version',
]);

/**
 * The headers of the request to Notion as a flat list of names and values, with the workspace's token. The user agent
 * is always Portcullis, because Portcullis calls, and because Notion's edge refuses requests without one.
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
