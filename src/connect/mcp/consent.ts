import { type ConnectProblem, connectError, connectProblemOf } from '../../domain/connect-problem.ts';
import type { Tokens } from '../../domain/connection.ts';
import type { RegistrationId, UserId } from '../../domain/ids.ts';
import type { Beginning, Begun, ClaimedAttempt } from '../consent-flow.ts';
import { SafeFetchError } from '../safe-fetch/safe-fetch-error.ts';
import { type AttemptMemory, recallAttempt, rememberAttempt } from './attempt-memory.ts';
import { authorizeUrl, newVerifier } from './authorize-url.ts';
import { acceptCallback, type CallbackParameters } from './callback.ts';
import { challengeOf, type Discovery, discover } from './discover.ts';
import type { McpParts } from './mcp-parts.ts';
import { clientForAttempt, openClient } from './own-clients.ts';
import type { OAuthClient } from './register-client.ts';
import type { Registrations } from './registrations.ts';
import { scopeFor } from './scopes.ts';
import { readTokenAnswer, type TokenAnswer } from './token-answer.ts';
import { exchangeCodeRequest } from './token-requests.ts';
import { createTurns } from './turns.ts';

/** What a code was exchanged for, and as whom. */
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
  const { app, fetch, registrations, servers, seal } = parts;
  const { redirectUri } = app;
  const inTurn = createTurns<UserId>();

  async function begin({ state, stateHash, userId, target }: Beginning): Promise<Begun> {
    const discovery = await discover(fetch, app.serverUrl, await challengeOf(fetch, app.serverUrl));
    const { server, resource } = discovery;
    servers.note(server);
    // Whoever presses twice at once gets one client: the second finds what the first has registered (defect C16).
    // At two gateways it can be two. The spare one is what the next press finds, or is removed after a week: cheaper than
    // a database connection held for as long as the server takes to register.
    const client = await inTurn(userId, () => clientForAttempt(parts, discovery, { userId, target }));
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

  async function exchange(callback: CallbackParameters, attempt: ClaimedAttempt): Promise<Exchanged> {
    const { registrationId, sealed, stateHash } = attempt;
    if (registrationId === null || sealed === null) throw connectError('invalid_state');
    const { server, state, verifier, resource } = await recallAttempt(seal, stateHash, sealed);
    const client = await openClient(parts, registrationId);
    if (client === null) {
      await registrations.refuse(registrationId);
      throw connectError('client_forgotten');
    }
    const { issuer, issPromised } = server;
    const { clientId } = client;
    const accepted = await forgetRefusedScopes(registrationId, callback, () =>
      acceptCallback(callback, { state, issuer, issPromised, clientId }),
    );
    const endpoints = { issuer, token_endpoint: server.tokenEndpoint };
    const code = { callback: accepted, redirectUri, verifier };
    const answer = await exchangeCodeRequest(fetch, { server: endpoints, client, resource }, code).catch(unreached);
    return { registrationId, clientId, tokens: await judge(readTokenAnswer(answer), registrationId, client) };
  }

  /** Scopes are remembered for ever, servers rename them: what was refused once is not asked for again. */
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
    answer: TokenAnswer,
    registrationId: RegistrationId,
    { source }: Pick<OAuthClient, 'source'>,
  ): Promise<Tokens> {
    switch (answer.kind) {
      case 'granted':
        return answer.tokens;
      case 'reregister':
        // Nothing but another setting helps.
        if (source === 'pre_registered') throw connectError('app_refused', `token endpoint: ${answer.error}`);
        // The next attempt registers anew instead of meeting the same refusal.
        await registrations.refuse(registrationId);
        throw connectError('client_forgotten', `token endpoint: ${answer.error}`);
      default:
        throw connectError(problems[answer.kind]);
    }
  }

  return { begin, exchange };
}

const problems = {
  reauthorize: 'code_refused',
  transient: 'notion_unreachable',
  unusable: 'answer_unusable',
} as const satisfies Record<string, ConnectProblem>;

/** What it means for an attempt that a request was not answered. Throws errors of another kind. */
export function problemOf(error: unknown): 'server_unusable' | 'notion_unreachable' {
  if (!(error instanceof SafeFetchError)) throw error;
  return error.problem === 'forbidden' ? 'server_unusable' : 'notion_unreachable';
}

function unreached(error: unknown): never {
  throw connectError(problemOf(error), error instanceof Error ? error.message : undefined);
}

function rememberedOf(server: Discovery['server']): AttemptMemory['server'] {
  return {
    issuer: server.issuer,
    tokenEndpoint: server.token_endpoint,
    issPromised: server.authorization_response_iss_parameter_supported === true,
  };
}
