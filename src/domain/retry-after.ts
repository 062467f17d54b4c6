import { secondMs } from './units.ts';

/**
 * How many seconds a `Retry-After` asks to wait (RFC 9110 section 10.2.3). Of a moment, the answer's own `Date` tells how far
 * away it is, whatever our clock says. Null for what is neither. Anybody can ask for a century: whoever waits sets a bound.
 */
export function readRetryAfter(wait: unknown, date?: unknown): number | null {
  if (typeof wait !== 'string') return null;
  if (/^\d+$/.test(wait)) return Number(wait);
  const ms = wait.endsWith('GMT') ? Date.parse(wait) - Date.parse(String(date)) : Number.NaN;
  return Number.isFinite(ms) ? Math.max(0, ms / secondMs) : null;
}
