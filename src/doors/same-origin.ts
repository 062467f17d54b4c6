import type { IncomingHttpHeaders } from 'node:http';

/** A page of another origin can add this header only after asking us (a preflight request), and we never say yes. */
const ownHeader = 'x-portcullis';

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
  if (origin !== undefined && !origins.has(origin) && !isHostItself(origin, request.headers.host)) return false;
  return request.headers[ownHeader] === '1';
}

/** The same page by another of our names. Foreign names never come this far: Host is allow-listed (rule 26). */
function isHostItself(origin: string, host: string | undefined): boolean {
  return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
}
