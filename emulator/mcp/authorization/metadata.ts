/** What `/.well-known/*` says, as Notion's says it (read live, 2026-08). */

/** RFC 9728: where the tokens for `/mcp` come from. */
export function protectedResourceMetadata(baseUrl: string): object {
  return {
    resource: resourceOf(baseUrl),
    authorization_servers: [baseUrl],
    scopes_supported: ['default'],
    bearer_methods_supported: ['header'],
    resource_name: 'Notion MCP (Beta)',
  };
}

/** RFC 8414. Enterprise-managed authorization (`jwt-bearer`) is not emulated, so it is not advertised. */
export function authorizationServerMetadata(baseUrl: string): object {
  return {
    issuer: baseUrl,
    authorization_endpoint: `${baseUrl}/authorize`,
    token_endpoint: `${baseUrl}/token`,
    registration_endpoint: `${baseUrl}/register`,
    scopes_supported: ['default'],
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
    revocation_endpoint: `${baseUrl}/token`,
    revocation_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
    code_challenge_methods_supported: ['plain', 'S256'],
    client_id_metadata_document_supported: true,
    authorization_response_iss_parameter_supported: true,
  };
}

/** The resource identifier of the MCP server (RFC 8707). */
export function resourceOf(baseUrl: string): string {
  return `${baseUrl}/mcp`;
}

/** Where a 401 points to (RFC 9728 section 5.1). */
export function resourceMetadataUrl(baseUrl: string): string {
  return `${baseUrl}/.well-known/oauth-protected-resource/mcp`;
}
