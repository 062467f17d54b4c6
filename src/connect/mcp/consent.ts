import { type ConnectProblem, connectError, connectProblemOf } from '../../domain/connect-problem.ts';
import type { Tokens } from '../../domain/connection.ts';
import type { RegistrationId, UserId } from '../../domain/ids.ts';
import type { RefreshAnswer } from '../../domain/token-outcomes.ts';
import { within } from '../../net/safe-fetch/safe-fetch.ts';
import { SafeFetchError, type SafeFetchProblem } from '../../net/safe-fetch/safe-fetch-error.ts';
import type { Beginning, ClaimedAttempt, StartedConsent } from '../consent-flow.ts';
import { codeRefused } from '../read-code.ts';
import { type AttemptMemory, recallAttempt, rememberAttempt } from './attempt-memory.ts';
import { authorizeUrl, newVerifier } from './authorize-url.ts';
import { acceptCallback, type CallbackParameters } from './callback.ts';
import { challengeOf, type Discovery, discover } from './discover.ts';
import type { McpParts } from './mcp-parts.ts';
import { clientForAttempt, openClient } from './own-clients.ts';
import type { OAuthClient } from './register-client.ts';
import type { Registrations } from './registrations.ts';
import { scopeFor } from './scopes.ts';
import { readTokenAnswer } from './token-answer.ts';
import { exchangeCodeRequest } from './token-requests.ts';
import { createTurns } from './turns.ts';

/** The tokens for a code, and the person and the workspace behind them. */
export interface Exchanged {
  readonly registrationId: RegistrationId;
  readonly clientId: string;
  readonly tokens: Tokens;
}

export type ConsentParts = Pick<McpParts, 'app' | 'fetch' | 'now' | 'servers' | 'seal'> & {
  readonly registrations: Pick<Registrations, 'takeUp' | 'add' | 'find' | 'noteScope' | 'refuse'>;
};

/** From the button to the tokens (MCP authorization, revision 2026-07-28). What they open is not asked here. */
export function createMcpConsent(parts: ConsentParts) {
  const { app, registrations, servers, seal } = parts;
  const { redirectUri } = app;
  const inTurn = createTurns<UserId>();

  async function begin({ state, stateHash, userId, target }: Beginning, end: AbortSignal): Promise<StartedConsent> {
    const fetch = within(parts.fetch, end);
    const discovery = await discover(fetch, app.serverUrl, await challengeOf(fetch, app.serverUrl));
    const { server, resource } = discovery;
    servers.note(server);
    // Two presses at once get one client: the second finds the client that the first has registered (defect C16). With
    // two gateways there can be two clients. The next press finds the spare one, or it is removed after a week. That is
    // cheaper than holding a database connection for as long as the server takes to register.
    const client = await inTurn(userId, () => clientForAttempt({ ...parts, fetch }, discovery, { userId, target }));
    const scope = scopeFor(discovery, client.scope);
    await registrations.noteScope(client.id, scope);
    const verifier = newVerifier();
    const memory: AttemptMemory = { state, verifier, resource, server: rememberedOf(server) };
    const request = { clientId: client.clientId, redirectUri, state, verifier, resource, scope };
    return {
      authorizeUrl: await authorizeUrl(server, request, app.reach),
      redirectUri,
      registrationId: client.id,
      sealed: await rememberAttempt(seal, stateHash, memory),
    };
  }

  async function exchange(callback: CallbackParameters, attempt: ClaimedAttempt, end: AbortSignal): Promise<Exchanged> {
    const { registrationId, sealed, stateHash } = attempt;
    if (registrationId === null || sealed === null) throw connectError('invalid_state', 'the attempt has no client');
    const { server, state, verifier, resource } = await recallAttempt(seal, stateHash, sealed);
    const client = await openClient(parts, registrationId);
    if (client === null) {
      await registrations.refuse(registrationId);
      throw connectError('client_forgotten', 'our record of it is gone, or does not open');
    }
    const { issuer, issPromised } = server;
    const { clientId } = client;
    const accepted = await forgetRefusedScopes(registrationId, callback, () =>
      acceptCallback(callback, { state, issuer, issPromised, clientId }),
    );
    const endpoints = { issuer, token_endpoint: server.tokenEndpoint };
    const code = { callback: accepted, redirectUri, verifier };
    const requester = { server: endpoints, client, resource };
    const answer = await exchangeCodeRequest(within(parts.fetch, end), requester, code).catch(unreached);
    return { registrationId, clientId, tokens: await judge(readTokenAnswer(answer), registrationId, client) };
  }

  /**
   * Wanted scopes are remembered for ever, but servers rename scopes. So scopes that were refused once are not asked
   * for again.
   */
  async function forgetRefusedScopes<T>(
    id: RegistrationId,
    { error }: CallbackParameters,
    accept: () => T,
  ): Promise<T> {
    try {
      return accept();
    } catch (problem) {
      const believed = connectProblemOf(problem) === 'refused_by_notion';
      if (believed && error === 'invalid_scope') await registrations.noteScope(id, null);
      throw problem;
    }
  }

  async function judge(
    answer: RefreshAnswer,
    registrationId: RegistrationId,
    { source }: Pick<OAuthClient, 'source'>,
  ): Promise<Tokens> {
    if (answer.said === 'granted') return answer.tokens;
    if (answer.said !== 'client_refused') throw codeRefused(answer);
    // Only another setting helps.
    if (source === 'pre_registered') throw codeRefused({ ...answer, said: 'app_refused' });
    // The next attempt registers a new client instead of meeting the same refusal.
    await registrations.refuse(registrationId);
    throw codeRefused(answer);
  }

  return { begin, exchange };
}

const problems = {
  forbidden: 'server_unusable',
  redirected: 'answer_unusable',
  unacceptable: 'answer_unusable',
  unsent: 'notion_unreachable',
  unreachable: 'notion_unreachable',
} as const satisfies Record<SafeFetchProblem, ConnectProblem>;

/** The problem of an attempt whose request got no usable answer. Errors of another kind are thrown on. */
export function troubleOf(error: unknown): { readonly problem: ConnectProblem; readonly why: string } {
  if (!(error instanceof SafeFetchError)) throw error;
  return { problem: problems[error.problem], why: error.reason };
}

function unreached(error: unknown): never {
  const { problem, why } = troubleOf(error);
  throw connectError(problem, `token endpoint: ${why}`);
}

function rememberedOf(server: Discovery['server']): AttemptMemory['server'] {
  return {
    issuer: server.issuer,
    tokenEndpoint: server.token_endpoint,
    issPromised: server.authorization_response_iss_parameter_supported === true,
  };
}
