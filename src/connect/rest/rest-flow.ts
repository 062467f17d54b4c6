import { connectError } from '../../domain/connect-problem.ts';
import type { ConsentFlow } from '../consent-flow.ts';
import type { OAuthResponse } from '../oauth-response.ts';
import { codeRefused, readCode } from '../read-code.ts';
import type { NotionApp } from './notion-app.ts';
import { exchangeCodeRequest, OAuthExchangeError, revokeRequest } from './oauth-request.ts';
import { type Installation, readTokenResponse } from './token-response.ts';
import { readRevocation } from './token-state.ts';

/** Consent to our public integration, over Notion's REST OAuth. */
export function createRestFlow(app: NotionApp): ConsentFlow {
  async function exchange(code: string, signal: AbortSignal): Promise<Installation> {
    const answer = readTokenResponse(await answerTo(exchangeCodeRequest(app, code, { signal })));
    if (answer.said !== 'granted') throw codeRefused(answer);
    return answer.installation;
  }

  return {
    origin: new URL(app.origin).origin,
    async begin({ state }) {
      const { redirectUri } = app;
      return { authorizeUrl: authorizeUrl(app, state), redirectUri, registrationId: null, sealed: null };
    },
    async redeem(callback, _attempt, end) {
      return { clientId: app.clientId, installation: await exchange(readCode(callback), end) };
    },
    /** Revoking twice is revoking once, so a lost answer is a reason to try again. */
    revoke: token => revokeRequest(app, token.reveal()).then(readRevocation, () => 'unclear'),
  };
}

async function answerTo(request: Promise<OAuthResponse>): Promise<OAuthResponse> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof OAuthExchangeError) throw connectError('notion_unreachable', `token endpoint: ${error.how}`);
    throw error;
  }
}

/**
 * The URL at which a person gives consent (Notion, "Authorization"). There is no scope and no PKCE: pages and
 * capabilities are chosen on Notion's page. `owner=user` is mandatory.
 */
function authorizeUrl(app: NotionApp, state: string): string {
  const url = new URL('/v1/oauth/authorize', app.origin);
  url.searchParams.set('client_id', app.clientId);
  url.searchParams.set('response_type', 'code');
  url.searchParams.set('owner', 'user');
  url.searchParams.set('redirect_uri', app.redirectUri);
  url.searchParams.set('state', state);
  return url.href;
}
