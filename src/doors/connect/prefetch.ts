import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether a browser asks before the person does: `Sec-Purpose: prefetch;prerender` (Fetch standard), and the headers of
 * older browsers and of proxies.
 */
export function isPrefetch(headers: IncomingHttpHeaders): boolean {
  return ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'].some(name =>
    /\b(?:prefetch|prerender|preview)\b/i.test(String(headers[name] ?? '')),
  );
}
