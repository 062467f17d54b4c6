import type { Secret } from '../../domain/secret.ts';
import type { RefreshAnswer } from '../../domain/token-outcomes.ts';
import { neverSent } from '../../net/never-sent.ts';
import type { NotionApp } from './notion-app.ts';
import { OAuthExchangeError, refreshRequest } from './oauth-request.ts';
import { readTokenResponse } from './token-response.ts';

export interface RestGrant {
  readonly origin: string;
  readonly botId: string;
}

/** Spends the refresh token of a REST connection, at the origin that it came from (rule 3). Never throws. */
export async function refreshRestTokens(
  { app }: { app: NotionApp },
  { origin, botId }: RestGrant,
  refreshToken: Secret,
  signal: AbortSignal,
): Promise<RefreshAnswer> {
  if (origin !== new URL(app.origin).origin) return { said: 'misconfigured', problem: 'other_origin' };
  try {
    const answer = readTokenResponse(await refreshRequest(app, refreshToken.reveal(), { signal }));
    if (answer.said !== 'granted') return answer;
    const { installation } = answer;
    // The tokens of another installation would show other pages, under the grants of this one.
    if (installation.botId !== botId) return { said: 'grant_refused', problem: 'other_installation' };
    return { said: 'granted', tokens: installation.tokens };
  } catch (error) {
    // If there was no network connection, nothing was spent.
    const unsent = error instanceof OAuthExchangeError && neverSent(error.cause);
    return { said: unsent ? 'turned_away' : 'unclear', problem: 'no_answer' };
  }
}
