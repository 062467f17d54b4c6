const beforeSending: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_PRX_CONN',
  'UND_ERR_PRX_TLS',
]);

/** Whether a request failed because no connection was made: then nothing was sent, and so nothing was done or spent. */
export function neverSent(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  return ('code' in cause && beforeSending.has(cause.code)) || proxyStatusIn(cause) !== null;
}

/** What the outgoing proxy answered instead of making a tunnel: undici says it in the message alone. */
function proxyStatusIn({ message }: Error): string | null {
  return /^Proxy response \((\d{3})\) !== 200 when HTTP Tunneling$/.exec(message)?.[1] ?? null;
}

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
