import { type ConnectProblem, connectError } from '../../domain/connect-problem.ts';
import { newId, type RegistrationId, type UserId } from '../../domain/ids.ts';
import type { Secret } from '../../domain/secret.ts';
import type { Now } from '../../domain/units.ts';
import type { Beginning, Begun, ClaimedAttempt, ConsentFlow, Redeemed } from '../consent-flow.ts';
import { readRevocation } from '../rest/token-state.ts';
import type { SafeFetch } from '../safe-fetch/safe-fetch.ts';
import { SafeFetchError } from '../safe-fetch/safe-fetch-error.ts';
import { type AttemptMemory, recallAttempt, rememberAttempt } from './attempt-memory.ts';
import { authorizeUrl, newVerifier } from './authorize-url.ts';
import { acceptCallback, type CallbackParameters } from './callback.ts';
import { challengeOf, type Discovery, discover } from './discover.ts';
import { installationKey } from './installation-key.ts';
import { chooseSource, type OAuthClient, registerClient } from './register-client.ts';
import type { Registrations, StoredRegistration } from './registrations.ts';
import { scopeFor } from './scopes.ts';
import type { ServerDirectory } from './server-directory.ts';
import { type Granted, readTokenAnswer, type TokenAnswer } from './token-answer.ts';
import { exchangeCodeRequest, revokeRequest } from './token-requests.ts';
import { identifyWorkspace, type WorkspaceIdentity } from './workspace-identity.ts';

/** Our side of hosted MCP OAuth. */
export interface McpApp {
  /** Notion's MCP server: `https://mcp.notion.com/mcp`. Also the resource that tokens are for. */
  readonly serverUrl: string;
  readonly redirectUri: string;
  /** Where our metadata document for a registration can be read; null when nobody outside could read it. */
  readonly documentUrlOf: (id: RegistrationId) => string | null;
  readonly preRegistered: Pick<OAuthClient, 'issuer' | 'clientId' | 'secret'> | null;
  readonly allowLoopbackHttp: boolean;
}

/** Seals what connecting must keep, each value for the one row that it belongs to. */
export interface McpSeal {
  sealIntoAttempt(stateHash: Buffer, text: string): Promise<string>;
  openFromAttempt(stateHash: Buffer, sealed: string): Promise<string>;
  sealClientSecret(id: RegistrationId, secret: Secret): Promise<string>;
  openClientSecret(id: RegistrationId, sealed: string): Promise<Secret>;
}

export interface McpParts {
  readonly app: McpApp;
  readonly fetch: SafeFetch;
  readonly registrations: Registrations;
  readonly servers: ServerDirectory;
  readonly now: Now;
  readonly seal: McpSeal;
}

/** Consent over the OAuth of Notion's hosted MCP server (MCP authorization, revision 2026-07-28). */
export function createMcpFlow(parts: McpParts): ConsentFlow {
  const { app, fetch, registrations, servers, seal } = parts;

  async function begin({ state, stateHash, userId, target }: Beginning): Promise<Begun> {
    const discovery = await discover(fetch, app.serverUrl, await challengeOf(fetch, app.serverUrl));
    const { server, resource } = discovery;
    servers.note(server);
    const registration = await registrationFor(discovery, userId, target);
    const scope = scopeFor(discovery, registration.scope);
    await registrations.noteScope(registration.id, scope);
    const verifier = newVerifier();
    const { redirectUri } = app;
    const memory: AttemptMemory = { state, verifier, resource, server: rememberedOf(server) };
    const request = { clientId: registration.clientId, redirectUri, state, verifier, resource, scope };
    return {
      authorizeUrl: await authorizeUrl(server, request, app.allowLoopbackHttp),
      redirectUri,
      registrationId: registration.id,
      sealed: await rememberAttempt(seal, stateHash, memory),
    };
  }

  async function registrationFor(
    { server, resource }: Discovery,
    userId: UserId,
    target: Beginning['target'],
  ): Promise<StoredRegistration> {
    const { redirectUri, preRegistered } = app;
    const id = newId('reg');
    const options = { redirectUri, preRegistered, documentUrl: app.documentUrlOf(id) };
    const source = chooseSource(server, options);
    const found = await registrations.reusable({
      userId,
      target,
      issuer: server.issuer,
      source,
      redirectUri,
      resource,
    });
    if (found !== null && (source !== 'pre_registered' || found.clientId === preRegistered?.clientId)) return found;
    const { secret, ...client } = await registerClient(fetch, server, options);
    const sealedSecret =
      secret === null || source === 'pre_registered' ? null : await seal.sealClientSecret(id, secret);
    const made = { ...client, id, userId, sealedSecret, redirectUri, resource, scope: null };
    await registrations.add(made);
    return made;
  }

  async function redeem(callback: CallbackParameters, attempt: ClaimedAttempt): Promise<Redeemed> {
    const { registrationId, sealed, stateHash } = attempt;
    if (registrationId === null || sealed === null) throw connectError('invalid_state');
    const { server, state, verifier, resource } = await recallAttempt(seal, stateHash, sealed);
    const client = await clientOf(registrationId);
    const { issuer, issPromised } = server;
    const accepted = acceptCallback(callback, { state, issuer, issPromised, clientId: client.clientId });
    const endpoints = { issuer, token_endpoint: server.tokenEndpoint };
    const code = { callback: accepted, redirectUri: app.redirectUri, verifier };
    const answer = await exchangeCodeRequest(fetch, { server: endpoints, client, resource }, code).catch(unreached);
    const granted = await judge(readTokenAnswer(answer), registrationId);
    const identity = await identify(granted);
    return { clientId: client.clientId, installation: installationOf(registrationId, granted, identity) };
  }

  async function judge(answer: TokenAnswer, registrationId: RegistrationId): Promise<Granted> {
    switch (answer.kind) {
      case 'granted':
        return answer.granted;
      case 'reregister':
        // The next attempt registers anew instead of meeting the same refusal.
        await registrations.refuse(registrationId);
        throw connectError('client_forgotten', `token endpoint: ${answer.error}`);
      default:
        throw connectError(problems[answer.kind]);
    }
  }

  async function identify({ tokens }: Granted): Promise<WorkspaceIdentity> {
    const identity = await identifyWorkspace(fetch, app.serverUrl, tokens.accessToken.reveal()).catch(unreached);
    if (identity === null) throw connectError('identity_unknown');
    return identity;
  }

  async function clientOf(id: RegistrationId): Promise<OAuthClient> {
    const client = await openClient(parts, id);
    if (client === null) throw connectError('client_forgotten');
    return client;
  }

  return {
    origin: new URL(app.serverUrl).origin,
    begin,
    redeem,
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

/** A stored client, ready to authenticate; null when it is gone or is no longer the one in the settings. */
export async function openClient(
  { app, registrations, seal }: Pick<McpParts, 'app' | 'registrations' | 'seal'>,
  id: RegistrationId,
): Promise<(OAuthClient & { readonly resource: string }) | null> {
  const stored = await registrations.find(id);
  if (stored === null) return null;
  const { issuer, source, clientId, authMethod, secretExpiresAt, resource, sealedSecret } = stored;
  const plain = { issuer, source, clientId, authMethod, secretExpiresAt, resource };
  if (source !== 'pre_registered') {
    return { ...plain, secret: sealedSecret === null ? null : await seal.openClientSecret(id, sealedSecret) };
  }
  const known = app.preRegistered;
  return known?.issuer === issuer && known.clientId === clientId ? { ...plain, secret: known.secret } : null;
}

const problems = {
  reauthorize: 'code_refused',
  transient: 'notion_unreachable',
  unusable: 'answer_unusable',
} as const satisfies Record<string, ConnectProblem>;

function unreached(error: unknown): never {
  if (!(error instanceof SafeFetchError)) throw error;
  throw connectError(error.problem === 'forbidden' ? 'server_unusable' : 'notion_unreachable', error.message);
}

function rememberedOf(server: Discovery['server']): AttemptMemory['server'] {
  return {
    issuer: server.issuer,
    tokenEndpoint: server.token_endpoint,
    issPromised: server.authorization_response_iss_parameter_supported === true,
  };
}

function installationOf(registrationId: RegistrationId, { tokens }: Granted, identity: WorkspaceIdentity) {
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
