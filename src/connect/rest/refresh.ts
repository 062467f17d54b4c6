import type { RefreshOutcome } from '../../domain/refresh-outcome.ts';
import type { Secret } from '../../domain/secret.ts';
import { neverSent } from '../../net/never-sent.ts';
import type { NotionApp } from './notion-app.ts';
import { OAuthExchangeError, refreshRequest } from './oauth-request.ts';
import { readTokenResponse, type TokenRefusal } from './token-response.ts';

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
): Promise<RefreshOutcome> {
  if (origin !== new URL(app.origin).origin) return { kind: 'fatal', problem: 'other_origin' };
  try {
    const response = await refreshRequest(app, refreshToken.reveal(), { signal });
    const answer = readTokenResponse(response);
    const { status, retryAfterSeconds = null } = response;
    switch (answer.kind) {
      case 'installed':
        // The tokens of another installation would show other pages under the same grants.
        if (answer.installation.botId !== botId) return { kind: 'reauth', problem: 'other_installation' };
        return { kind: 'ok', tokens: answer.installation.tokens };
      case 'refused':
        return verdictOn(answer.error);
      case 'unavailable':
        // 429 is an answer to a request that was not carried out; behind a 5xx it may have been.
        return { kind: 'transient', answered: status === 429, problem: `status_${status}`, retryAfterSeconds };
      case 'unusable':
        return { kind: 'transient', answered: false, problem: 'answer_unusable' };
    }
  } catch (error) {
    // Without a connection nothing was spent.
    return {
      kind: 'transient',
      answered: error instanceof OAuthExchangeError && neverSent(error.cause),
      problem: 'no_answer',
    };
  }
}

function verdictOn(error: TokenRefusal): RefreshOutcome {
  // The client is ours and serves every connection: when it is refused, no connection is to blame (defect A20).
  return error === 'invalid_grant' ? { kind: 'reauth', problem: error } : { kind: 'fatal', problem: error };
}
