import type { McpClient } from '../../world/mcp-grants.ts';
import type { World } from '../../world/world.ts';
import { invalidClient, invalidRequest } from './oauth-refusal.ts';
import { REGISTRATION_MS } from './registration.ts';

/** A known client whose registration has not run out; using it renews it. */
export function findClient(world: World, id: string): McpClient | null {
  const client = world.mcp.clients.get(id);
  if (client === undefined) return null;
  if (client.expiresAt === null) return client;
  if (client.expiresAt <= world.clock.now()) return null;
  client.expiresAt = world.clock.now() + REGISTRATION_MS;
  return client;
}

/** The client of a token request (RFC 6749 section 2.3): by HTTP Basic or in the form, never both. */
export function authenticateClient(world: World, authorization: string | undefined, form: URLSearchParams): McpClient {
  const basic = readBasic(authorization);
  if (basic !== null && (form.has('client_secret') || (form.has('client_id') && form.get('client_id') !== basic.id))) {
    throw invalidRequest('Client credentials must be sent by one method only');
  }
  const id = basic?.id ?? form.get('client_id');
  if (!id) throw invalidClient('Client ID is required');
  const client = findClient(world, id);
  if (client === null) throw invalidClient('Client not found');
  if (client.secret === null) return client;
  const secret = basic?.secret ?? form.get('client_secret');
  if (!secret) throw invalidClient('Client authentication failed: missing client_secret');
  if (secret !== client.secret) throw invalidClient('Client authentication failed: invalid client_secret');
  return client;
}

function readBasic(authorization: string | undefined): { id: string; secret: string } | null {
  if (authorization === undefined) return null;
  const encoded = /^Basic ([A-Za-z0-9+/]+=*)$/i.exec(authorization)?.[1] ?? '';
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) throw invalidClient('Invalid Authorization header');
  return { id: decodeForm(text.slice(0, colon)), secret: decodeForm(text.slice(colon + 1)) };
}

function decodeForm(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
