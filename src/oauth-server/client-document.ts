import { clientMetadata } from './client-metadata.ts';

/** Asks for a document at an address that a stranger names, guarded against being turned on our own network. */
export type FetchDocument = (url: string, options: { readonly signal?: AbortSignal }) => Promise<Response>;

/**
 * Fetches the metadata of clients whose id is an https address (OAuth Client ID Metadata Document, draft 02), and gives
 * oidc-provider the fields that we accept. All other fetches of oidc-provider are refused.
 */
export function createDocumentFetch(fetchDocument: FetchDocument) {
  return async (input: string | URL, options: RequestInit = {}): Promise<Response> => {
    const url = String(input);
    const response = await fetchDocument(url, options.signal ? { signal: options.signal } : {});
    if (response.status !== 200) return response;
    const document: unknown = await response.json();
    const given = typeof document === 'object' && document !== null ? (document as Record<string, unknown>) : {};
    const metadata = clientMetadata(given);
    if (metadata === null) throw new Error('the document names no address that people may be sent to');
    const headers = {
      'content-type': 'application/json',
      'cache-control': response.headers.get('cache-control') ?? '',
    };
    return new Response(JSON.stringify({ ...metadata, client_id: given.client_id }), { headers });
  };
}
