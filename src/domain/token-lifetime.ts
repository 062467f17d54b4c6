import { dayMs, secondMs } from './units.ts';

const lifetimeSecondsMax = (3_650 * dayMs) / secondMs;

/**
 * Reads `expires_in` (RFC 6749 section 5.1) as whole seconds. 0 means that the token has already ended, which is not the
 * same as an end that nobody told us (null; defect B14). Digits in quotes are what some servers send, and are believed.
 * Anything else is no lifetime: negative, infinite, longer than ten years.
 */
export function readLifetimeSeconds(value: unknown): number | null {
  const seconds = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value;
  if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds < 0) return null;
  return seconds <= lifetimeSecondsMax ? Math.floor(seconds) : null;
}
