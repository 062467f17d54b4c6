import type { Tokens } from '../../domain/connection.ts';
import type { RegistrationId } from '../../domain/ids.ts';
import type { DiscardedTokens } from '../../domain/token-outcomes.ts';
import { within } from '../../net/safe-fetch/safe-fetch.ts';
import type { ConsentFlow, Redeemed } from '../consent-flow.ts';
import { readRevocation } from '../rest/token-state.ts';
import { createMcpConsent, type Exchanged, troubleOf } from './consent.ts';
import { installationKey } from './installation-key.ts';
import type { McpParts } from './mcp-parts.ts';
import { openClient } from './own-clients.ts';
import { stepUp } from './scopes.ts';
import { revokeRequest } from './token-requests.ts';
import { identifyWorkspace, type WorkspaceIdentity } from './workspace-identity.ts';

/** Consent over the OAuth of Notion's hosted MCP server (MCP authorization, revision 2026-07-28). */
export function createMcpFlow(parts: McpParts): ConsentFlow {
  const { app, fetch, registrations, servers } = parts;
  const { begin, exchange } = createMcpConsent(parts);
  const { origin } = new URL(app.serverUrl);

  /** Finds out what the tokens open. The code is spent by now: tokens that lead nowhere are given up, not dropped. */
  async function place(exchanged: Exchanged, end: AbortSignal): Promise<Redeemed> {
    const { registrationId, clientId, tokens } = exchanged;
    const token = tokens.accessToken.reveal();
    const found = await identifyWorkspace(within(fetch, end), app.serverUrl, token).catch(troubleOf);
    if ('identity' in found) return { clientId, installation: installationOf(registrationId, tokens, found.identity) };
    const discarded = await discardedOf(exchanged);
    if ('problem' in found) return { problem: found.problem, why: `identity: ${found.why}`, discarded };
    if (found.kind === 'unknown') return { problem: 'identity_unknown', why: `identity: ${found.why}`, discarded };
    await stepUp(registrations, registrationId, found.challenge);
    return { problem: 'scope_missing', why: 'identity: insufficient_scope', discarded };
  }

  /** Null if a connection uses the same client: ending this grant could end that connection's grant. */
  async function discardedOf({ registrationId, tokens }: Exchanged): Promise<DiscardedTokens | null> {
    if (await registrations.isStoodOn(registrationId)) return null;
    const nobody = { registrationId, notionWorkspaceId: '', notionOwnerId: '' };
    return { origin, botId: installationKey(nobody), registrationId, tokens };
  }

  return {
    origin,
    begin,
    redeem: async (callback, attempt, end) => place(await exchange(callback, attempt, end), end),
    async revoke(token, registrationId) {
      const client = registrationId && (await openClient(parts, registrationId));
      if (!client) return 'not_revocable';
      try {
        const sent = revokeRequest(fetch, { server: await servers.find(client.issuer), client }, token.reveal());
        return sent === null ? 'not_revocable' : readRevocation(await sent);
      } catch {
        return 'unclear';
      }
    },
  };
}

function installationOf(registrationId: RegistrationId, tokens: Tokens, identity: WorkspaceIdentity) {
  const notionWorkspaceId = identity.workspaceId;
  return {
    tokens,
    botId: installationKey({ registrationId, notionWorkspaceId, notionOwnerId: identity.user.id }),
    notionWorkspaceId,
    workspaceName: identity.workspaceName,
    workspaceIcon: null,
    owner: identity.user,
  };
}
