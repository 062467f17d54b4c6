import { isPlain } from '../../http/shape.ts';
import type { McpClient } from '../../world/mcp-grants.ts';
import { isLoopbackHost } from '../loopback.ts';
import { clientFields } from './registration.ts';

const DOCUMENT_BYTES = 5 * 1024;
const FETCH_MS = 5_000;

/** Whether a client id is the address of a metadata document: https with a path; plain http on this machine only. */
export function isDocumentAddress(clientId: string): boolean {
  if (!URL.canParse(clientId)) return false;
  const url = new URL(clientId);
  const secure = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname));
  return secure && url.pathname !== '/' && url.hash === '' && url.username === '';
}

/**
 * The client that a metadata document describes (draft-ietf-oauth-client-id-metadata-document); `null` if the document
 * cannot be had, is larger than 5 KB, is not JSON, or names another id than its own address.
 */
export async function fetchClient(clientId: string): Promise<McpClient | null> {
  try {
    const response = await fetch(clientId, {
      redirect: 'error',
      signal: AbortSignal.timeout(FETCH_MS),
      headers: { accept: 'application/json' },
    });
    const text = await textWithin(response, DOCUMENT_BYTES);
    const document: unknown = response.ok && text !== null ? JSON.parse(text) : null;
    if (!isPlain(document) || document.client_id !== clientId) return null;
    const fields = clientFields({ token_endpoint_auth_method: 'none', ...document });
    // A document holds no secret, so a client that is known by one cannot authenticate with any.
    return fields.authMethod === 'none' ? { id: clientId, secret: null, ...fields, expiresAt: null } : null;
  } catch {
    return null;
  }
}

async function textWithin(response: Response, limitBytes: number): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > limitBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
