import type { ConnectParts } from './connect-parts.ts';
import type { NotionApp } from './rest/notion-app.ts';
import { selfRequest } from './rest/oauth-request.ts';
import { readTokenIdentity } from './rest/token-identity.ts';

/** Asks Notion, and nobody else, whose a token is (rules 2 and 3). */
export function createAskWhose(app: NotionApp): ConnectParts['askWhose'] {
  return token => selfRequest(app, token.reveal()).then(readTokenIdentity, () => 'unknown');
}
