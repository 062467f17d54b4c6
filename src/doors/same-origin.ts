import type { IncomingHttpHeaders } from 'node:http';

/** A header that no page of another origin can add without asking first, and nobody answers that question with yes. */
export const ownHeader = 'x-portcullis';

/**
 * Whether a request that a browser authenticates by cookie comes from our own pages (OWASP: cross-site request forgery).
 * Changes need three things: no foreign Sec-Fetch-Site, no foreign Origin, and our own header. Readings need the first.
 *
 * @param origins ours: `https://portcullis.example`
 */
export function isFromOurPages(
  request: { readonly method: string; readonly headers: IncomingHttpHeaders },
  origins: ReadonlySet<string>,
): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  if (request.method === 'GET' || request.method === 'HEAD') return true;
  const { origin } = request.headers;
  if (origin !== undefined && !origins.has(origin)) return false;
  return request.headers[ownHeader] === '1';
}
