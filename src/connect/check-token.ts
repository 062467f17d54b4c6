import type { ConnectionKind } from '../domain/connection.ts';
import type { Secret } from '../domain/secret.ts';
import type { Said } from '../domain/token-outcomes.ts';
import type { ConnectParts } from './connect-parts.ts';
import type { NotionApp } from './rest/notion-app.ts';
import { introspectRequest, selfRequest } from './rest/oauth-request.ts';
import { readTokenIdentity } from './rest/token-identity.ts';
import { readIntrospection } from './rest/token-state.ts';

/**
 * Asks Notion whether a token still works (RFC 7662). The question is sent with our own credentials. If those are
 * wrong, the answer says so, and the connection is not blamed (defect A20).
 */
export function createCheckToken({ app }: { app: NotionApp }) {
  return async (
    connection: { kind: ConnectionKind; origin: string },
    token: Secret,
  ): Promise<Extract<Said, 'dead' | 'alive' | 'unclear' | 'unaskable' | 'app_refused'>> => {
    // The hosted MCP server has no introspection endpoint, so its answer to the call itself must be enough.
    if (connection.kind === 'mcp') return 'unaskable';
    if (connection.origin !== new URL(app.origin).origin) return 'unclear';
    // A pasted token was not issued to us, so only the token itself can ask about itself.
    const asked =
      connection.kind === 'internal'
        ? selfRequest(app, token.reveal()).then(readTokenIdentity).then(saidOfItself)
        : introspectRequest(app, token.reveal()).then(readIntrospection);
    return asked.catch(() => 'unclear' as const);
  };
}

function saidOfItself(identity: ReturnType<typeof readTokenIdentity>) {
  return typeof identity === 'object' ? 'alive' : identity;
}

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
