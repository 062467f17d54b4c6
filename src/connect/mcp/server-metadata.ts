import { z } from 'zod';
import { connectError } from '../../domain/connect-problem.ts';
import type { SafeFetch } from '../../net/safe-fetch/safe-fetch.ts';
import { askForDocument } from './ask.ts';
import { serverMetadataUrls } from './well-known.ts';

/** Longer than any honest server's; two of them fit into every browser's address. */
export const urlLengthMax = 2_048;

const texts = z.array(z.string());
// RFC 6749 sections 3.1 and 3.2: no fragment. What a URL parser would drop or forgive is no part of an address.
const endpoint = z
  .string()
  .max(urlLengthMax)
  .regex(/^[\x21-\x7e]+$/)
  .refine(text => !text.includes('#') && !text.includes('\\'))
  .pipe(z.url({ protocol: /^https?$/ }));

// RFC 8414 section 2. Fields that are missing here are not used, so they cannot be wrong.
const document = z.object({
  issuer: z.string(),
  authorization_endpoint: endpoint,
  token_endpoint: endpoint,
  registration_endpoint: endpoint.optional(),
  revocation_endpoint: endpoint.optional(),
  code_challenge_methods_supported: texts.optional(),
  token_endpoint_auth_methods_supported: texts.optional(),
  scopes_supported: texts.optional(),
  authorization_response_iss_parameter_supported: z.boolean().optional(),
  client_id_metadata_document_supported: z.boolean().optional(),
});

// RFC 8414 section 2 (no query, no fragment) and RFC 3986 section 3, without user information. For other characters, a
// URL parser would silently change the text. The compared name would then not be the name of the server that is asked.
const issuerShape = /^https?:\/\/[\w.~!$&'()*+,;=:%[\]-]+(?:\/[\w.~!$&'()*+,;=:%@/-]*)?$/i;

/** An authorization server as it describes itself, checked. */
export type ServerMetadata = z.infer<typeof document>;

/**
 * Reads the description of an authorization server. Throws the `connectError` `server_unusable` when it names another
 * issuer than the one that it was looked up for, lacks an endpoint, or does not promise PKCE with S256;
 * `notion_unreachable` when it did not answer.
 */
export async function readServerMetadata(fetch: SafeFetch, issuer: string): Promise<ServerMetadata> {
  if (issuer.length > urlLengthMax) throw unusable('the issuer is too long');
  const identifier = URL.parse(issuer);
  if (identifier === null || !issuerShape.test(issuer)) throw unusable('the issuer is no URL');
  const missing: string[] = [];
  for (const url of serverMetadataUrls(identifier)) {
    const found = await askForDocument(fetch, url);
    if ('body' in found) return judge(found.body, issuer);
    missing.push(found.none);
  }
  throw unusable(`the authorization server describes itself nowhere (${missing.join('; ')})`);
}

function judge(found: unknown, issuer: string): ServerMetadata {
  const parsed = document.safeParse(found);
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path[0] ?? 'object';
    throw unusable(`the metadata of the authorization server have no usable ${String(field)}`);
  }
  // RFC 8414 section 3.3: identical, to the letter. A URL parser would forgive case, port and slash.
  if (parsed.data.issuer !== issuer) throw unusable('the metadata names another issuer');
  // MCP authorization, "Authorization Code Protection": no S256, no authorization.
  if (!parsed.data.code_challenge_methods_supported?.includes('S256')) throw unusable('PKCE with S256 is not offered');
  return parsed.data;
}

function unusable(log: string) {
  return connectError('server_unusable', log);
}
