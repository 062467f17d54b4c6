/** What a protected resource asks of a client without access (RFC 6750 section 3, RFC 9728 section 5.1). */
export interface Challenge {
  /** The URL of its metadata; null if the challenge does not have it. */
  readonly resourceMetadata: string | null;
  /** Scopes that are needed, separated by spaces. */
  readonly scope: string | null;
  readonly error: string | null;
}

// RFC 9110 sections 5.6.1, 5.6.2, 5.6.4 and 11.2. A scheme is a token that no "=" follows.
const nextPart = /[\s,]*([\w!#$%&'*+.^`|~-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*)))?/gy;

/**
 * The Bearer challenge in a `WWW-Authenticate` header; null if there is none. If a parameter is repeated, the first
 * counts.
 */
export function readChallenge(header: string | null): Challenge | null {
  const parameters = new Map<string, string>();
  let scheme = '';
  for (const [, name = '', quoted, plain] of (header ?? '').matchAll(nextPart)) {
    const value = quoted?.replace(/\\(.)/g, '$1') ?? plain;
    if (value === undefined) scheme = name.toLowerCase();
    else if (scheme === 'bearer' && !parameters.has(name.toLowerCase())) parameters.set(name.toLowerCase(), value);
    if (scheme === 'bearer') parameters.set('', 'seen');
  }
  if (!parameters.has('')) return null;
  return {
    resourceMetadata: parameters.get('resource_metadata') ?? null,
    // An empty one names no scope (RFC 6750 section 3).
    scope: parameters.get('scope') || null,
    error: parameters.get('error') ?? null,
  };
}
