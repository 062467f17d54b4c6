/**
 * Where metadata of a protected resource may be, in the order of the MCP specification (authorization, "Protected
 * Resource Metadata Discovery Requirements"): inserted before the path (RFC 9728 section 3.1), then at the root.
 */
export function resourceMetadataUrls(resource: URL): string[] {
  const suffix = '/.well-known/oauth-protected-resource';
  const path = resource.pathname === '/' ? '' : resource.pathname;
  return [...new Set([`${resource.origin}${suffix}${path}${resource.search}`, `${resource.origin}${suffix}`])];
}

/**
 * Where metadata of an authorization server may be, in the order of the MCP specification ("Authorization Server Metadata
 * Discovery"): RFC 8414 section 3.1, which inserts, then OpenID Connect, inserted and appended.
 */
export function serverMetadataUrls(issuer: URL): string[] {
  const path = issuer.pathname.replace(/\/$/, '');
  const urls = [
    `${issuer.origin}/.well-known/oauth-authorization-server${path}`,
    `${issuer.origin}/.well-known/openid-configuration${path}`,
    `${issuer.origin}${path}/.well-known/openid-configuration`,
  ];
  return [...new Set(urls)];
}
