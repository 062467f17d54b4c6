import { z } from 'zod';
import { Secret } from '../../domain/secret.ts';
import { readLifetimeSeconds } from '../../domain/token-lifetime.ts';
import type { RefreshAnswer } from '../../domain/token-outcomes.ts';
import { faultIn, type OAuthResponse, parseJson, troubleAnswer, unusableAnswer } from '../oauth-response.ts';

const headerSafe = z.string().regex(/^[\x21-\x7e]{1,8192}$/);

const success = z.object({
  access_token: headerSafe,
  token_type: z.string().regex(/^bearer$/i),
  refresh_token: headerSafe.nullish(),
  expires_in: z.unknown().optional(),
});

// RFC 6749 section 5.2.
const failure = z.object({ error: z.string() });

const meanings: Readonly<Record<string, 'grant_refused' | 'client_refused' | 'unclear'>> = {
  invalid_grant: 'grant_refused',
  invalid_scope: 'grant_refused',
  invalid_target: 'grant_refused',
  invalid_client: 'client_refused',
  unauthorized_client: 'client_refused',
  temporarily_unavailable: 'unclear',
  server_error: 'unclear',
};

/**
 * Reads an answer of the token endpoint, to a code or to a refresh token. Total: it throws for no answer, however
 * hostile. Only the parsed `error` counts, never words elsewhere in a body.
 */
export function readTokenAnswer(response: OAuthResponse): RefreshAnswer {
  const { status, text } = response;
  if (status === 429 || status >= 500) return troubleAnswer(response);
  const body = parseJson(text);
  if (status !== 200) return readRefusal(response, body);
  const parsed = success.safeParse(body);
  if (!parsed.success) return unusableAnswer(faultIn(response, parsed));
  const { access_token, refresh_token, expires_in } = parsed.data;
  return {
    said: 'granted',
    tokens: {
      accessToken: new Secret(access_token),
      refreshToken: refresh_token == null ? null : new Secret(refresh_token),
      lifetimeSeconds: readLifetimeSeconds(expires_in),
    },
  };
}

function readRefusal(response: OAuthResponse, body: unknown): RefreshAnswer {
  const parsed = failure.safeParse(body);
  const error = parsed.success ? parsed.data.error : '';
  const said = Object.hasOwn(meanings, error) ? meanings[error] : undefined;
  if (said === undefined)
    return unusableAnswer(parsed.success ? `${response.status} with an error of its own` : faultIn(response, parsed));
  return said === 'unclear' ? troubleAnswer(response, error) : { said, problem: error };
}
