import { z } from 'zod';
import { type OAuthResponse, parseJson } from '../oauth-response.ts';

const introspection = z.object({ active: z.boolean() });

/** RFC 7662 section 2.2. Everything but a clear answer is `unknown`: our own credentials may be what is wrong (A20). */
export function readIntrospection({ status, text }: OAuthResponse): 'alive' | 'dead' | 'unknown' {
  const parsed = introspection.safeParse(parseJson(text));
  if (status !== 200 || !parsed.success) return 'unknown';
  return parsed.data.active ? 'alive' : 'dead';
}

/**
 * RFC 7009 section 2.2: a token that is unknown or already dead is answered with success. So anything else means that
 * the token may still be alive, and that revoking it must be tried again.
 */
export function readRevocation({ status }: OAuthResponse): 'revoked' | 'unclear' {
  return status === 200 ? 'revoked' : 'unclear';
}
