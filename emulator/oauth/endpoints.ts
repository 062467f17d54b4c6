import type { Emulation } from '../emulation.ts';
import { type Answer, identifiedAnswer } from '../http/answer.ts';
import { invalidRequestUrl } from '../http/errors.ts';
import type { Exchange } from '../http/exchange.ts';
import { JSON_BYTES, parseJson, readBytes } from '../http/read-body.ts';
import { type AuthorizeAnswer, decideConsent, showConsent } from './authorize-endpoint.ts';
import { invalidRequest } from './oauth-error.ts';
import { introspectEndpoint, type OAuthRequest, revokeEndpoint, tokenEndpoint } from './token-endpoint.ts';

/** `/v1/oauth/*`: the consent page for browsers, and the three endpoints for the connection's server. */
export async function oauthEndpoint(emulation: Emulation, exchange: Exchange): Promise<Answer> {
  const { world, settings } = emulation;
  switch (`${exchange.method} ${exchange.path}`) {
    case 'GET /v1/oauth/authorize':
      return browserAnswer(showConsent(world, new URLSearchParams(exchange.query)));
    case 'POST /v1/oauth/authorize': {
      const form = await readBytes(exchange.request, JSON_BYTES);
      return browserAnswer(decideConsent(world, new URLSearchParams(form.toString('utf8'))));
    }
    case 'POST /v1/oauth/token':
      return clientAnswer(exchange, request => tokenEndpoint(world, request, settings.rotation));
    case 'POST /v1/oauth/revoke':
      return clientAnswer(exchange, request => revokeEndpoint(world, request));
    case 'POST /v1/oauth/introspect':
      return clientAnswer(exchange, request => introspectEndpoint(world, request));
    default:
      throw invalidRequestUrl();
  }
}

async function clientAnswer(exchange: Exchange, endpoint: (request: OAuthRequest) => object): Promise<Answer> {
  const bytes = await readBytes(exchange.request, JSON_BYTES);
  exchange.bodyBytes = bytes.length;
  const { authorization, 'content-type': contentType } = exchange.request.headers;
  exchange.credential = authorization === undefined ? 'none' : 'unknown';
  const answer = endpoint({ authorization, contentType, body: readJson(bytes) });
  exchange.credential = 'client';
  return identifiedAnswer(200, answer, exchange.requestId);
}

function readJson(bytes: Buffer): unknown {
  try {
    return parseJson(bytes);
  } catch {
    throw invalidRequest('Error parsing JSON body.');
  }
}

/** Pages are never framed or cached, and run no script. */
export function browserAnswer(answer: AuthorizeAnswer): Answer {
  const headers = {
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  };
  if ('redirect' in answer) {
    return { status: 302, contentType: 'text/plain', body: '', headers: { ...headers, location: answer.redirect } };
  }
  return { status: answer.status, contentType: 'text/html; charset=utf-8', body: answer.page.text, headers };
}
