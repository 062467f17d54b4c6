import { isLoopback } from '../domain/network-of.ts';

type Json = Readonly<Record<string, unknown>>;

/** What a client may say about itself. Nothing else is kept: no pictures from elsewhere, no keys of a registration. */
const told = ['client_name', 'client_uri', 'software_id', 'software_version'] as const;

const redirectsMax = 10;
const redirectCharsMax = 1_024;
const nameCharsMax = 100;

/**
 * The metadata of a client as we accept it (RFC 7591, and documents at a client's own address): only public clients
 * with a code and PKCE. A client on a person's own machine listens at any free port. So a client with a loopback
 * address or a scheme of its own counts as native (RFC 8252 section 7.3), even if it says otherwise. Null: it has no
 * address to send people to.
 */
export function clientMetadata(given: Json): Record<string, unknown> | null {
  const { redirect_uris: uris } = given;
  if (!Array.isArray(uris) || uris.length === 0 || uris.length > redirectsMax || !uris.every(isRedirect)) return null;
  const spoken = told.flatMap(key => (typeof given[key] === 'string' ? [[key, given[key].slice(0, 2_048)]] : []));
  const { client_name: name, ...rest } = Object.fromEntries(spoken) as Record<string, string>;
  return {
    ...rest,
    ...(name !== undefined && { client_name: name.slice(0, nameCharsMax) }),
    redirect_uris: uris,
    application_type: uris.some(isOfOneMachine) ? 'native' : 'web',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
  };
}

const unsafeSchemes: ReadonlySet<string> = new Set(
  ['javascript', 'data', 'vbscript', 'file', 'blob', 'about', 'view-source', 'ftp', 'ws', 'wss', 'mailto'].map(
    name => `${name}:`,
  ),
);

function isRedirect(uri: unknown): uri is string {
  if (typeof uri !== 'string' || uri.length > redirectCharsMax || !URL.canParse(uri) || uri.includes('#')) return false;
  const { protocol, hostname, username, password } = new URL(uri);
  if (username !== '' || password !== '' || unsafeSchemes.has(protocol)) return false;
  return protocol !== 'http:' || isLoopback(hostname);
}

function isOfOneMachine(uri: string): boolean {
  const { protocol } = new URL(uri);
  return protocol !== 'https:';
}
