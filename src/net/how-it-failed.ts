import { proxyStatusIn } from './never-sent.ts';

/**
 * How a request failed, to be appended to a sentence: ` in time`, the status of the outgoing proxy, or the code of the
 * system, of OpenSSL or of undici. Their messages can quote the answer, so they are left out.
 */
export function howItFailed(cause: unknown): string {
  if (!(cause instanceof Error)) return '';
  const status = proxyStatusIn(cause);
  if (status !== null) return ` (HTTPS_PROXY answered ${status})`;
  if (cause.name === 'TimeoutError' || cause.name === 'AbortError') return ' in time';
  const code = 'code' in cause ? String(cause.code) : '';
  return /^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? ` (${code})` : '';
}
