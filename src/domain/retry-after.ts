import { secondMs } from './units.ts';

/**
 * The number of seconds that a `Retry-After` asks to wait (RFC 9110 section 10.2.3). If it is a date, the answer's own
 * `Date` header is subtracted, so our clock does not matter. Null if it is neither. A server can ask for a century: the
 * caller of this function sets a bound.
 */
export function readRetryAfter(wait: unknown, date?: unknown): number | null {
  if (typeof wait !== 'string') return null;
  if (/^\d+$/.test(wait)) return Number(wait);
  const ms = wait.endsWith('GMT') ? Date.parse(wait) - Date.parse(String(date)) : Number.NaN;
  return Number.isFinite(ms) ? Math.max(0, ms / secondMs) : null;
}
