import type { RegistrationId } from '../../domain/ids.ts';
import type { Secret } from '../../domain/secret.ts';
import type { RefreshAnswer } from '../../domain/token-outcomes.ts';
import { SafeFetchError } from '../../net/safe-fetch/safe-fetch-error.ts';
import type { McpParts } from './mcp-parts.ts';
import { openClient } from './own-clients.ts';
import { readTokenAnswer } from './token-answer.ts';
import { refreshRequest } from './token-requests.ts';

/**
 * Spends a refresh token of a hosted MCP connection: one request, once, and its answer read. The stored client says
 * where and as which client. The caller of this function must know that the token may be spent now.
 */
export function createMcpRefresh(parts: McpParts) {
  const { app, fetch, now, registrations, servers } = parts;
  return async (
    connection: { readonly origin: string; readonly registrationId: RegistrationId | null },
    refreshToken: Secret,
    signal: AbortSignal,
  ): Promise<RefreshAnswer> => {
    // Rule 3: a token from one MCP server must not be sent to another.
    if (connection.origin !== new URL(app.serverUrl).origin) return { said: 'misconfigured', problem: 'other_origin' };
    const { registrationId: id } = connection;
    const client = id && (await openClient(parts, id));
    if (!id || !client) {
      if (id) await registrations.refuse(id);
      return { said: 'client_refused', problem: 'client_gone' };
    }
    // RFC 7591 section 3.2.1: an expired secret is refused, so it is not sent.
    if (client.secretExpiresAt !== null && client.secretExpiresAt <= now()) {
      return { said: 'client_refused', problem: 'client_secret_expired' };
    }
    const server = await servers.find(client.issuer).catch(() => null);
    if (server === null) return { said: 'turned_away', problem: 'metadata_unavailable' };
    // A caller that gave up may be followed by another attempt. Two attempts must not spend the same token.
    if (signal.aborted) return { said: 'turned_away', problem: 'too_late' };
    try {
      const { resource } = client;
      const request = refreshRequest(fetch, { server, client, resource }, refreshToken.reveal(), signal);
      const answer = readTokenAnswer(await request);
      if (answer.said === 'granted') return answer;
      // The answer is not from a token endpoint (any more): its address is looked up again next time.
      if (answer.problem === 'answer_unusable') servers.forget(client.issuer);
      if (answer.said !== 'client_refused') return answer;
      // A client from the settings serves every connection: if it is refused, no connection is to blame.
      if (client.source === 'pre_registered') return { ...answer, said: 'app_refused' };
      await registrations.refuse(id);
      return answer;
    } catch (error) {
      if (!(error instanceof SafeFetchError)) throw error;
      servers.forget(client.issuer);
      const { problem } = error;
      return { said: problem === 'forbidden' || problem === 'unsent' ? 'turned_away' : 'unclear', problem };
    }
  };
}
