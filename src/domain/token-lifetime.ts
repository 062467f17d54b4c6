import { dayMs, secondMs } from './units.ts';

const lifetimeSecondsMax = (3_650 * dayMs) / secondMs;

/**
 * Reads `expires_in` (RFC 6749 section 5.1) as whole seconds. 0 means that the token has already ended; null means that
 * the end is not known (defect B14). Some servers send digits in quotes, which are accepted. Any other value counts as
 * not known: negative, infinite, longer than ten years.
 */
export function readLifetimeSeconds(value: unknown): number | null {
  const seconds = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value;
  if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds < 0) return null;
  return seconds <= lifetimeSecondsMax ? Math.floor(seconds) : null;
}
