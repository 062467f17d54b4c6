import { isLoopback } from '../../domain/network-of.ts';

/** How this Portcullis presents itself to authorization servers (RFC 7591 section 2). */
export interface ClientDescription {
  readonly client_name: string;
  readonly client_uri?: string;
  readonly redirect_uris: readonly string[];
  readonly grant_types: readonly string[];
  readonly response_types: readonly string[];
  readonly application_type: 'web' | 'native';
  readonly software_id: string;
}

export function describeClient(redirectUri: string): ClientDescription {
  const { hostname, origin, protocol } = new URL(redirectUri);
  return {
    client_name: 'Portcullis',
    ...(protocol === 'https:' && { client_uri: origin }),
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    application_type: isLoopback(hostname) ? 'native' : 'web',
    software_id: 'portcullis',
  };
}

/** The document at a client id which is a URL (draft-ietf-oauth-client-id-metadata-document). */
export function clientDocument(clientId: string, redirectUri: string): object {
  return { client_id: clientId, ...describeClient(redirectUri), token_endpoint_auth_method: 'none' };
}
