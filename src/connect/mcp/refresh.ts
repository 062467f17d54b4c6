import type { RegistrationId } from '../../domain/ids.ts';
import type { RefreshOutcome } from '../../domain/refresh-outcome.ts';
import type { Secret } from '../../domain/secret.ts';
import { SafeFetchError } from '../../net/safe-fetch/safe-fetch-error.ts';
import type { OAuthResponse } from '../oauth-response.ts';
import type { McpParts } from './mcp-parts.ts';
import { openClient } from './own-clients.ts';
import { type McpTokenAnswer, readTokenAnswer } from './token-answer.ts';
import { refreshRequest } from './token-requests.ts';

/**
 * Spends a refresh token of a hosted MCP connection: one request, once, judged. Where and as whom follows from the
 * client that got it; whether it may be spent now is the caller's business.
 */
export function createMcpRefresh(parts: McpParts) {
  const { app, fetch, now, registrations, servers } = parts;
  return async (
    connection: { readonly origin: string; readonly registrationId: RegistrationId | null },
    refreshToken: Secret,
    signal: AbortSignal,
  ): Promise<RefreshOutcome> => {
    // Rule 3: what came from one MCP server is of no business to another's.
    if (connection.origin !== new URL(app.serverUrl).origin) return { kind: 'fatal', problem: 'other_origin' };
    const { registrationId: id } = connection;
    const client = id && (await openClient(parts, id));
    if (!id || !client) {
      if (id) await registrations.refuse(id);
      return { kind: 'reregister', problem: 'client_gone' };
    }
    // RFC 7591 section 3.2.1: an expired secret is refused, so it is not sent.
    if (client.secretExpiresAt !== null && client.secretExpiresAt <= now()) {
      return { kind: 'reregister', problem: 'client_secret_expired' };
    }
    const server = await servers.find(client.issuer).catch(() => null);
    if (server === null) return { kind: 'transient', answered: true, problem: 'metadata_unavailable' };
    // Whoever gave up meanwhile may be followed by another attempt: two must not spend the same token.
    if (signal.aborted) return { kind: 'transient', answered: true, problem: 'too_late' };
    try {
      const { resource } = client;
      const response = await refreshRequest(fetch, { server, client, resource }, refreshToken.reveal(), signal);
      const answer = readTokenAnswer(response);
      // What answers is no token endpoint (any more): where it is now is looked up next time.
      if (answer.kind === 'unusable') servers.forget(client.issuer);
      if (answer.kind !== 'reregister') return outcomeOf(answer, response);
      // A client that is in the settings serves every connection: when it is refused, no connection is to blame.
      if (client.source === 'pre_registered') return { kind: 'fatal', problem: answer.error };
      await registrations.refuse(id);
      return { kind: 'reregister', problem: answer.error };
    } catch (error) {
      if (!(error instanceof SafeFetchError)) throw error;
      servers.forget(client.issuer);
      return {
        kind: 'transient',
        answered: error.problem === 'forbidden' || error.problem === 'unsent',
        problem: error.problem,
      };
    }
  };
}

function outcomeOf(
  answer: Exclude<McpTokenAnswer, { kind: 'reregister' }>,
  { status, retryAfterSeconds = null }: OAuthResponse,
): RefreshOutcome {
  switch (answer.kind) {
    case 'granted':
      return { kind: 'ok', tokens: answer.tokens };
    case 'reauthorize':
      return { kind: 'reauth', problem: answer.error };
    case 'transient':
      // 429 is an answer to a request that was not carried out; behind a 5xx it may have been.
      return { kind: 'transient', answered: status === 429, problem: `status_${status}`, retryAfterSeconds };
    case 'unusable':
      return { kind: 'transient', answered: false, problem: 'answer_unusable' };
  }
}
