import { z } from 'zod';
import { connectError } from '../../domain/connect-problem.ts';
import type { SafeFetch } from '../../net/safe-fetch/safe-fetch.ts';
import { askForDocument, discoveryError } from './ask.ts';
import { type Challenge, readChallenge } from './challenge.ts';
import { readServerMetadata, type ServerMetadata, urlLengthMax } from './server-metadata.ts';
import { resourceMetadataUrls } from './well-known.ts';

/** Everything that is known of a protected MCP server before a person is asked for consent. */
export interface Discovery {
  /** The resource identifier, as the server spells it: what tokens are asked for (RFC 8707). */
  readonly resource: string;
  readonly server: ServerMetadata;
  /** Scopes that the resource offers; null when it does not say. */
  readonly scopesOffered: readonly string[] | null;
  readonly challenge: Challenge | null;
}

// RFC 9728 section 2.
const resourceDocument = z.object({
  resource: z.string().max(urlLengthMax),
  authorization_servers: z.array(z.string()).min(1),
  scopes_supported: z.array(z.string()).optional(),
});

/**
 * Finds the server that issues tokens for an MCP server: from the challenge if there is one, otherwise by RFC 9728 path
 * insertion, then RFC 8414. Throws the `connectError` `server_unusable` or `notion_unreachable`.
 *
 * @param challenge of a refusal that the server has just given; `challengeOf` provokes one.
 */
export async function discover(fetch: SafeFetch, serverUrl: string, challenge: Challenge | null): Promise<Discovery> {
  const named = challenge?.resourceMetadata ?? null;
  const candidates = named === null ? resourceMetadataUrls(new URL(serverUrl)) : [named];
  const missing: string[] = [];
  for (const url of candidates) {
    const found = await askForDocument(fetch, url);
    if ('none' in found) {
      missing.push(found.none);
      continue;
    }
    const { resource, authorization_servers, scopes_supported } = judge(found.body, url, serverUrl);
    const server = await readServerMetadata(fetch, authorization_servers[0] ?? '');
    return { resource, server, scopesOffered: scopes_supported ?? null, challenge };
  }
  throw connectError('server_unusable', `the MCP server describes itself nowhere (${missing.join('; ')})`);
}

/** Asks an MCP server without a token, so that its refusal says what a client needs. Null: it did not say. */
export async function challengeOf(fetch: SafeFetch, serverUrl: string): Promise<Challenge | null> {
  const response = await fetch(serverUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' }),
    types: ['text/event-stream'],
  }).catch(error => {
    throw discoveryError(error);
  });
  return response.status === 401 ? readChallenge(response.headers.get('www-authenticate')) : null;
}

function judge(found: unknown, url: string, serverUrl: string) {
  const parsed = resourceDocument.safeParse(found);
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path[0] ?? 'object';
    throw connectError('server_unusable', `the metadata of the MCP server have no usable ${String(field)}`);
  }
  // RFC 9728 section 3.3: identical to the identifier that was asked about. At the root that is the origin.
  const { origin } = new URL(serverUrl);
  const isRoot = url === `${origin}/.well-known/oauth-protected-resource`;
  const expected = isRoot ? [serverUrl, origin, `${origin}/`] : [serverUrl];
  if (!expected.includes(parsed.data.resource)) {
    throw connectError('server_unusable', 'the metadata is about another resource');
  }
  return parsed.data;
}
