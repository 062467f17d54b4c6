import { type ConnectProblem, connectError } from '../domain/connect-problem.ts';
import { type ConnectionId, isId, newId, type WorkspaceId } from '../domain/ids.ts';
import type { CommandContext } from '../domain/operation.ts';
import type { Claimed } from './connect-attempts.ts';
import type { ConnectParts } from './connect-parts.ts';
import type { ConsentKind } from './consent-flow.ts';
import { discardTokens } from './discard-tokens.ts';
import { holderOf } from './holder.ts';
import type { KnownWorkspace, Landing } from './installations.ts';
import type { CallbackParameters } from './mcp/callback.ts';
import { createSealLeftToken } from './seal-left-token.ts';
import { stateHashOf } from './start-connect.ts';

/** What the browser was sent back with: unjudged, each of any type. */
export interface FinishConnect extends CallbackParameters {
  readonly kind: ConsentKind;
  readonly session: string;
}

/**
 * Carries a callback out: state, then whatever its kind of consent asks for (defect A16). What it leaves behind waits to
 * be confirmed. Throws the `connectError` of whatever is wrong; nothing is stored then.
 */
export async function finishConnect(
  parts: ConnectParts,
  { kind, session, ...callback }: FinishConnect,
  context: CommandContext,
): Promise<{ connectionId: ConnectionId }> {
  const holder = holderOf(context, session);
  const stateHash = stateHashOf(callback.state);
  const claimed = stateHash && (await parts.attempts.claim(kind, stateHash, holder));
  // The call was decided for the workspace that the attempt named: another one was not asked about.
  if (stateHash === null || claimed === null || claimed.workspaceId !== context.workspaceId)
    throw connectError('invalid_state');
  try {
    return {
      connectionId: await goOn(parts, { ...claimed, kind, stateHash, userId: holder.userId }, callback, context),
    };
  } catch (error) {
    // Where this fails, the sweep does it.
    await parts.attempts.drop(stateHash).catch(() => {});
    throw error;
  }
}

type OwnAttempt = Claimed & Pick<Landing, 'kind' | 'stateHash' | 'userId'>;

async function goOn(
  parts: ConnectParts,
  attempt: OwnAttempt,
  callback: CallbackParameters,
  context: CommandContext,
): Promise<ConnectionId> {
  const { kind, stateHash, userId, registrationId, sealed } = attempt;
  const flow = parts.flows[kind];
  const redeemed = await flow.redeem(callback, { stateHash, registrationId, sealed });
  if ('problem' in redeemed) {
    if (redeemed.unwanted !== null) await discardTokens(parts, redeemed.unwanted);
    throw connectError(redeemed.problem);
  }
  const landing: Landing = { ...redeemed, kind, stateHash, userId, origin: flow.origin, registrationId };
  const land = attempt.workspaceId === null ? landAnew : landAgain;
  return land(parts, landing, context);
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
  const stored = await parts.installations.addTokens(
    landing,
    workspaceId,
    (connectionId, generation) => sealer.seal(connectionId, generation, landing.installation.tokens),
    createSealLeftToken(parts.vault),
  );
  parts.wakeJobs();
  if (typeof stored === 'string' && isId('con', stored)) return stored;
  throw await discard(parts, landing, context, stored, workspaceId);
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
  { installation, kind, origin, registrationId, userId }: Landing,
  context: CommandContext,
  problem: ConnectProblem,
  workspaceId: WorkspaceId | null,
): Promise<Error> {
  const { botId, notionWorkspaceId } = installation;
  const upstream = await discardTokens(parts, { kind, origin, botId, registrationId, tokens: installation.tokens });
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
