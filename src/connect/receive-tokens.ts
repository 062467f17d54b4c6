import { type ConnectProblem, connectError } from '../domain/connect-problem.ts';
import { type ConnectionId, isId, newId, type WorkspaceId } from '../domain/ids.ts';
import type { CommandContext } from '../domain/operation.ts';
import type { ConnectParts } from './connect-parts.ts';
import { discardTokens } from './discard-tokens.ts';
import type { KnownWorkspace, ReceivedTokens } from './installations.ts';

type LandingParts = Pick<ConnectParts, 'installations' | 'jobs' | 'vault' | 'recordEvent' | 'wakeJobs'>;

/**
 * Stores tokens for a new workspace, which wait to be confirmed. If the workspace is known already, the tokens are not
 * merged into it (rule 1). A person who may reconnect it is led to its connection, because the consent has already
 * changed something at Notion. All others are refused. Throws a `connectError`.
 */
export async function receiveForNewWorkspace(
  parts: LandingParts,
  received: ReceivedTokens,
  context: CommandContext,
): Promise<ConnectionId> {
  const { installations, vault } = parts;
  const { installation, userId } = received;
  const known = await installations.findWorkspace(installation.notionWorkspaceId);
  // A person who left the confirmation page open and started again goes on with the workspace of the first attempt.
  if (known !== null && !known.confirmed && known.connectedBy === userId)
    return store(parts, received, known.id, context);
  // It waits there, and is confirmed by a call that is decided there.
  if (known?.confirmed && (await installations.mayReconnect(known.id, userId)))
    return store(parts, received, known.id, context);
  if (known !== null) return refuseKnown(parts, received, known, context);
  const place = { workspaceId: newId('wsp'), connectionId: newId('con') };
  const sealer = await vault.forNewWorkspace(place.workspaceId);
  const tokens = await sealer.seal(place.connectionId, 1, installation.tokens);
  if (await installations.addWorkspace(received, place, sealer.key, tokens)) return place.connectionId;
  return refuseKnown(parts, received, await installations.findWorkspace(installation.notionWorkspaceId), context);
}

/** A callback for a workspace that is to be reconnected: it must be for that workspace. */
export async function receiveForWorkspace(
  parts: LandingParts,
  received: ReceivedTokens,
  context: CommandContext,
): Promise<ConnectionId> {
  const workspaceId = context.workspaceId as WorkspaceId;
  if ((await parts.installations.notionIdOf(workspaceId)) !== received.installation.notionWorkspaceId) {
    throw await discard(parts, received, context, 'workspace_mismatch', workspaceId);
  }
  return store(parts, received, workspaceId, context);
}

async function store(
  parts: LandingParts,
  received: ReceivedTokens,
  workspaceId: WorkspaceId,
  context: CommandContext,
): Promise<ConnectionId> {
  const sealer = await parts.vault.forWorkspace(workspaceId);
  const stored = await parts.installations.addTokens(received, workspaceId, (connectionId, generation) =>
    sealer.seal(connectionId, generation, received.installation.tokens),
  );
  parts.wakeJobs();
  if (typeof stored === 'string' && isId('con', stored)) return stored;
  throw await discard(parts, received, context, stored, workspaceId);
}

async function refuseKnown(
  parts: LandingParts,
  received: ReceivedTokens,
  known: KnownWorkspace | null,
  context: CommandContext,
): Promise<never> {
  throw await discard(parts, received, context, 'already_known', known?.id ?? null);
}

/** Gives up tokens that have no place here, and notifies the admins of the workspace that they were meant for. */
async function discard(
  parts: LandingParts,
  { installation, kind, origin, registrationId, userId }: ReceivedTokens,
  context: CommandContext,
  problem: ConnectProblem,
  workspaceId: WorkspaceId | null,
): Promise<Error> {
  const { botId, notionWorkspaceId } = installation;
  const { tokens } = installation;
  // A pasted token can be ended at Notion alone.
  const upstream =
    kind === 'internal' ? 'not_revocable' : await discardTokens(parts, { origin, botId, registrationId, tokens });
  await parts.recordEvent({
    name: `connect.${problem}`,
    workspaceId,
    principalId: userId,
    result: 'denied',
    clientAddress: context.clientAddress,
    requestId: context.requestId,
    detail: { botId, notionWorkspaceId, kind, upstream },
  });
  return connectError(problem, `the tokens are given up: ${upstream}`);
}
