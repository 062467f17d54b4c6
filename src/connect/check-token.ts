import type { ConnectionKind } from '../domain/connection.ts';
import type { Secret } from '../domain/secret.ts';
import type { Said } from '../domain/token-outcomes.ts';
import type { NotionApp } from './rest/notion-app.ts';
import { introspectRequest, selfRequest } from './rest/oauth-request.ts';
import { readTokenIdentity } from './rest/token-identity.ts';
import { readIntrospection } from './rest/token-state.ts';

/**
 * Asks Notion whether a token still works (RFC 7662). Introspection is asked with our own credentials: if those are what is
 * wrong, the answer says so and no connection is blamed (defect A20).
 */
export function createCheckToken({ app }: { app: NotionApp }) {
  return async (
    connection: { kind: ConnectionKind; origin: string },
    token: Secret,
  ): Promise<Extract<Said, 'dead' | 'alive' | 'unclear' | 'unaskable' | 'app_refused'>> => {
    // The hosted MCP server has no introspection endpoint: what it answered to the call itself has to do.
    if (connection.kind === 'mcp') return 'unaskable';
    if (connection.origin !== new URL(app.origin).origin) return 'unclear';
    // A pasted token is none of ours, so only itself can be asked about.
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
