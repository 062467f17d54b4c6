import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether a browser asks before a person does: `Sec-Purpose: prefetch;prerender` (Fetch standard), and what older browsers
 * and what stands before them send.
 */
export function isPrefetch(headers: IncomingHttpHeaders): boolean {
  return ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'].some(name =>
    /\b(?:prefetch|prerender|preview)\b/i.test(String(headers[name] ?? '')),
  );
}
