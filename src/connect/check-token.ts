import type { Dispatcher } from 'undici';
import type { ConnectionKind } from '../domain/connection.ts';
import type { NotionApp } from './rest/notion-app.ts';
import { introspectRequest } from './rest/oauth-request.ts';
import { readIntrospection } from './rest/token-state.ts';

/**
 * Asks Notion whether a token still works (RFC 7662). Introspection is asked with our own credentials: if those are what is
 * wrong, the answer says so and no connection is blamed (defect A20).
 */
export function createCheckToken({ app, dispatcher }: { app: NotionApp; dispatcher?: Dispatcher }) {
  return async (
    connection: { kind: ConnectionKind; origin: string },
    token: string,
  ): Promise<'dead' | 'alive' | 'unknown' | 'unaskable'> => {
    // The hosted MCP server has no introspection endpoint: what it answered to the call itself has to do.
    if (connection.kind === 'mcp') return 'unaskable';
    if (connection.kind !== 'rest' || connection.origin !== new URL(app.origin).origin) return 'unknown';
    return introspectRequest(app, token, dispatcher && { dispatcher }).then(readIntrospection, () => 'unknown');
  };
}
