import { z } from 'zod';
import type { Tokens } from '../../domain/connection.ts';
import { Secret } from '../../domain/secret.ts';
import { readLifetimeSeconds } from '../../domain/token-lifetime.ts';
import { faultIn, type OAuthResponse, parseJson } from '../oauth-response.ts';

/**
 * What an answer of a token endpoint means for a connection.
 * granted: tokens. reauthorize: the grant is over, a person must consent again. reregister: the client is not known (any
 * more). transient: trouble that will pass; nothing changes. unusable: none of the answers that RFC 6749 knows.
 */
export type McpTokenAnswer =
  | { readonly kind: 'granted'; readonly tokens: Tokens }
  | { readonly kind: 'reauthorize'; readonly error: string }
  | { readonly kind: 'reregister'; readonly error: string }
  | { readonly kind: 'transient'; readonly why: string }
  | { readonly kind: 'unusable'; readonly why: string };

const headerSafe = z.string().regex(/^[\x21-\x7e]{1,8192}$/);

const success = z.object({
  access_token: headerSafe,
  token_type: z.string().regex(/^bearer$/i),
  refresh_token: headerSafe.nullish(),
  expires_in: z.unknown().optional(),
});

// RFC 6749 section 5.2.
const failure = z.object({ error: z.string() });

const meanings: Readonly<Record<string, 'reauthorize' | 'reregister' | 'transient'>> = {
  invalid_grant: 'reauthorize',
  invalid_scope: 'reauthorize',
  invalid_target: 'reauthorize',
  invalid_client: 'reregister',
  unauthorized_client: 'reregister',
  temporarily_unavailable: 'transient',
  server_error: 'transient',
};

/**
 * Judges an answer of the token endpoint, to a code or to a refresh token. Total: there is no answer, however hostile,
 * for which it throws. It goes by the parsed `error` alone, never by words somewhere in a body.
 */
export function readTokenAnswer(response: OAuthResponse): McpTokenAnswer {
  const { status, text } = response;
  if (status === 429 || status >= 500) return { kind: 'transient', why: String(status) };
  const body = parseJson(text);
  if (status !== 200) return readRefusal(response, body);
  const parsed = success.safeParse(body);
  if (!parsed.success) return { kind: 'unusable', why: faultIn(response, parsed) };
  const { access_token, refresh_token, expires_in } = parsed.data;
  return {
    kind: 'granted',
    tokens: {
      accessToken: new Secret(access_token),
      refreshToken: refresh_token == null ? null : new Secret(refresh_token),
      lifetimeSeconds: readLifetimeSeconds(expires_in),
    },
  };
}

function readRefusal(response: OAuthResponse, body: unknown): McpTokenAnswer {
  const parsed = failure.safeParse(body);
  const error = parsed.success ? parsed.data.error : '';
  const kind = Object.hasOwn(meanings, error) ? meanings[error] : undefined;
  if (kind === undefined) {
    const why = parsed.success ? `${response.status} with an error of its own` : faultIn(response, parsed);
    return { kind: 'unusable', why };
  }
  return kind === 'transient' ? { kind, why: error } : { kind, error };
}
