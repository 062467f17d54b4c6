import type { ConnectParts } from './connect-parts.ts';
import type { NotionApp } from './rest/notion-app.ts';
import { selfRequest } from './rest/oauth-request.ts';
import { readTokenIdentity } from './rest/token-identity.ts';

/**
 * Asks Notion, and no other server, who owns a token (rules 2 and 3). `turned_away`: Notion did not answer, or has no
 * time.
 */
export function createIdentifyToken(app: NotionApp): ConnectParts['identifyToken'] {
  return async token => {
    const answer = await selfRequest(app, token.reveal()).catch(() => null);
    if (answer === null || answer.status === 429 || answer.status >= 500) return 'turned_away';
    return readTokenIdentity(answer);
  };
}
