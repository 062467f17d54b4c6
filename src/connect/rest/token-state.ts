import { z } from 'zod';
import { type AppRefusal, appRefusalIn } from '../../domain/app-refusal.ts';
import type { Said } from '../../domain/token-outcomes.ts';
import { type OAuthResponse, parseJson } from '../oauth-response.ts';

const failure = z.object({ error: z.unknown().optional(), code: z.unknown().optional() });
const introspection = z.object({ active: z.boolean() });

/**
 * RFC 7662 section 2.2. Every answer that is not clear is `unclear`. `app_refused`: our own credentials are wrong, and
 * the server did not look at the token (A20).
 */
export function readIntrospection(
  response: OAuthResponse,
): Extract<Said, 'alive' | 'dead' | 'unclear' | 'app_refused'> {
  const { status, text } = response;
  if (readAppRefusal(response) !== null) return 'app_refused';
  const parsed = introspection.safeParse(parseJson(text));
  if (status !== 200 || !parsed.success) return 'unclear';
  return parsed.data.active ? 'alive' : 'dead';
}

/**
 * What an answer says about our own client; null: nothing. It reads the key that Notion sends, and the key that Notion
 * documents.
 */
export function readAppRefusal({ status, text }: OAuthResponse): AppRefusal | null {
  if (status < 400 || status > 499) return null;
  const { data } = failure.safeParse(parseJson(text));
  return appRefusalIn(data?.error ?? data?.code);
}

/**
 * RFC 7009 section 2.2: the answer for an unknown or dead token is success. So any other answer means that the token
 * may still be alive, and that revoking must be tried again.
 */
export function readRevocation({ status }: OAuthResponse): Extract<Said, 'revoked' | 'unclear'> {
  return status === 200 ? 'revoked' : 'unclear';
}
