import type { NotionConfig } from '../../src/config/config.ts';
import { Secret } from '../../src/domain/secret.ts';

/** What an operator does in the console of an authorization server, and then writes into the settings. */
export async function registerByHand(
  issuer: string,
  endpoint: string,
  redirectUri: string,
  method: 'client_secret_basic' | 'client_secret_post' = 'client_secret_basic',
): Promise<NonNullable<NotionConfig['mcpClient']>> {
  const metadata = {
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: method,
    application_type: 'native',
  };
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(endpoint, { method: 'POST', headers, body: JSON.stringify(metadata) });
  const { client_id: clientId = '', client_secret: secret = '' } = (await response.json()) as Record<string, string>;
  return { issuer, clientId, secret: new Secret(secret) };
}
