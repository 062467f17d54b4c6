import { type ConnectProblem, connectError } from '../domain/connect-problem.ts';
import { type ConnectionId, newId, type WorkspaceId } from '../domain/ids.ts';
import type { CommandContext } from '../domain/operation.ts';
import type { ConnectParts } from './connect-parts.ts';
import { discardTokens } from './discard-tokens.ts';
import { holderOf } from './holder.ts';
import type { KnownWorkspace, Landing } from './installations.ts';
import type { OAuthResponse } from './oauth-response.ts';
import { exchangeCodeRequest, OAuthExchangeError } from './rest/oauth-request.ts';
import { type Installation, readTokenResponse, type TokenRefusal } from './rest/token-response.ts';
import { stateHashOf } from './start-connect.ts';

/** What Notion sent the browser back with: unjudged, each of any type. */
export interface FinishConnect {
  readonly state: unknown;
  readonly error: unknown;
  readonly code: unknown;
  readonly session: string;
}

/**
 * Carries a callback out: state, then error, then code (defect A16). What it leaves behind waits to be confirmed.
 * Throws the `connectError` of whatever is wrong; nothing is stored then.
 */
export async function finishConnect(
  parts: ConnectParts,
  callback: FinishConnect,
  context: CommandContext,
): Promise<{ connectionId: ConnectionId }> {
  const holder = holderOf(context, callback.session);
  const stateHash = stateHashOf(callback.state);
  const target = stateHash && (await parts.attempts.claim(stateHash, holder));
  // The call was decided for the workspace that the attempt named: another one was not asked about.
  if (stateHash === null || target === null || target.workspaceId !== context.workspaceId)
    throw connectError('invalid_state');
  const installation = await exchange(parts, readCode(callback));
  const { origin, clientId } = parts.app;
  const landing: Landing = { stateHash, userId: holder.userId, origin: new URL(origin).origin, clientId, installation };
  const land = target.workspaceId === null ? landAnew : landAgain;
  return { connectionId: await land(parts, landing, context) };
}

function readCode({ error, code }: FinishConnect): string {
  // RFC 6749 section 4.1.2.1. The words of the answer are compared, and never shown (defect A15).
  if (error !== undefined) throw connectError(error === 'access_denied' ? 'consent_denied' : 'refused_by_notion');
  if (typeof code !== 'string' || code === '' || code.length > 2_048) throw connectError('missing_code');
  return code;
}

async function exchange({ app, dispatcher }: ConnectParts, code: string): Promise<Installation> {
  const answer = readTokenResponse(await answerTo(exchangeCodeRequest(app, code, dispatcher && { dispatcher })));
  switch (answer.kind) {
    case 'installed':
      return answer.installation;
    case 'refused':
      throw connectError(problemOf(answer.error), `token endpoint: ${answer.error}`);
    case 'unavailable':
      throw connectError('notion_unreachable');
    case 'unusable':
      throw connectError('answer_unusable');
  }
}

async function answerTo(request: Promise<OAuthResponse>): Promise<OAuthResponse> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof OAuthExchangeError) throw connectError('notion_unreachable');
    throw error;
  }
}

function problemOf(refusal: TokenRefusal): ConnectProblem {
  if (refusal === 'invalid_grant') return 'code_refused';
  return refusal === 'other' ? 'answer_unusable' : 'app_refused';
}

/** A callback for a new workspace. One that is known already is never merged into (rule 1). */
async function landAnew(parts: ConnectParts, landing: Landing, context: CommandContext): Promise<ConnectionId> {
  const { installations, vault } = parts;
  const { installation, userId } = landing;
  const known = await installations.findWorkspace(installation.notionWorkspaceId);
  // Somebody who left the confirmation page open and started again goes on with what they made.
  if (known !== null && !known.confirmed && known.connectedBy === userId)
    return store(parts, landing, known.id, context);
  if (known !== null) return refuseKnown(parts, landing, known, context);
  const place = { workspaceId: newId('wsp'), connectionId: newId('con') };
  const sealer = await vault.forNewWorkspace(place.workspaceId);
  const tokens = await sealer.seal(place.connectionId, 1, installation.tokens);
  if (await installations.addWorkspace(landing, place, sealer.key, tokens)) return place.connectionId;
  return refuseKnown(parts, landing, await installations.findWorkspace(installation.notionWorkspaceId), context);
}

/** A callback for a workspace that is to be reconnected: it has to be that workspace. */
async function landAgain(parts: ConnectParts, landing: Landing, context: CommandContext): Promise<ConnectionId> {
  const workspaceId = context.workspaceId as WorkspaceId;
  if ((await parts.installations.notionIdOf(workspaceId)) !== landing.installation.notionWorkspaceId) {
    throw await discard(parts, landing, context, 'workspace_mismatch', workspaceId);
  }
  return store(parts, landing, workspaceId, context);
}

async function store(
  parts: ConnectParts,
  landing: Landing,
  workspaceId: WorkspaceId,
  context: CommandContext,
): Promise<ConnectionId> {
  const sealer = await parts.vault.forWorkspace(workspaceId);
  const stored = await parts.installations.addTokens(landing, workspaceId, (connectionId, generation) =>
    sealer.seal(connectionId, generation, landing.installation.tokens),
  );
  if (stored === null) throw await discard(parts, landing, context, 'being_disconnected', workspaceId);
  return stored;
}

async function refuseKnown(
  parts: ConnectParts,
  landing: Landing,
  known: KnownWorkspace | null,
  context: CommandContext,
): Promise<never> {
  throw await discard(parts, landing, context, 'already_known', known?.id ?? null);
}

/** Gives tokens up that have no place here, and tells the admins of the workspace that they were meant for. */
async function discard(
  parts: ConnectParts,
  { installation, origin, userId }: Landing,
  context: CommandContext,
  problem: ConnectProblem,
  workspaceId: WorkspaceId | null,
): Promise<Error> {
  const { botId, notionWorkspaceId } = installation;
  const upstream = await discardTokens(parts, { origin, botId, tokens: installation.tokens });
  await parts.recordEvent({
    name: `connect.${problem}`,
    workspaceId,
    principalId: userId,
    result: 'denied',
    clientAddress: context.clientAddress,
    requestId: context.requestId,
    detail: { botId, notionWorkspaceId, upstream },
  });
  return connectError(problem);
}
