import { isPlain } from '../../http/shape.ts';
import type { McpClient } from '../../world/mcp-grants.ts';
import type { World } from '../../world/world.ts';
import { OAuthRefusal } from './oauth-refusal.ts';

/** A registration is forgotten after this time without use (the provider library's default). */
export const REGISTRATION_MS = 90 * 24 * 3_600_000;

const AUTH_METHODS = ['none', 'client_secret_basic', 'client_secret_post'] as const;

const refused = (description: string) => new OAuthRefusal(400, 'invalid_client_metadata', description);

/** POST /register (RFC 7591): the answer of a 201. The secret is in it for confidential clients, and only here. */
export function registerClient(world: World, metadata: unknown): object {
  if (!isPlain(metadata)) throw refused('Invalid client metadata');
  const client: McpClient = {
    id: world.ids.secret('').slice(0, 16),
    secret: null,
    ...clientFields(metadata),
    expiresAt: world.clock.now() + REGISTRATION_MS,
  };
  const secret = client.authMethod === 'none' ? null : world.ids.secret('').slice(0, 32);
  world.mcp.clients.set(client.id, { ...client, secret });
  const issuedAt = Math.floor(world.clock.now() / 1000);
  return {
    client_id: client.id,
    redirect_uris: client.redirectUris,
    ...(client.name === '' ? {} : { client_name: client.name }),
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: client.authMethod,
    ...(typeof metadata.application_type === 'string' ? { application_type: metadata.application_type } : {}),
    client_id_issued_at: issuedAt,
    ...(secret === null
      ? {}
      : { client_secret: secret, client_secret_issued_at: issuedAt, client_secret_expires_at: 0 }),
  };
}

/** The fields that a registration and a client's metadata document have in common, checked. */
export function clientFields(
  metadata: Record<string, unknown>,
): Pick<McpClient, 'name' | 'redirectUris' | 'authMethod'> {
  const { redirect_uris: uris, client_name: name = '', token_endpoint_auth_method: method } = metadata;
  if (!Array.isArray(uris) || uris.length === 0) throw refused('At least one redirect URI is required');
  for (const uri of uris) if (!isRedirectUri(uri)) throw refused(`Invalid redirect URI: ${JSON.stringify(uri)}`);
  if (typeof name !== 'string') throw refused('client_name must be a string');
  const authMethod = AUTH_METHODS.find(one => one === (method ?? 'client_secret_basic'));
  if (authMethod === undefined) throw refused(`Unsupported token_endpoint_auth_method: ${JSON.stringify(method)}`);
  return { name, redirectUris: uris, authMethod };
}

/** An absolute address without a fragment that no browser would run as a script. */
function isRedirectUri(uri: unknown): uri is string {
  if (typeof uri !== 'string' || !URL.canParse(uri) || uri.includes('#')) return false;
  return !['javascript:', 'data:', 'vbscript:', 'file:', 'about:', 'blob:'].includes(new URL(uri).protocol);
}
