import { connectError } from '../domain/connect-problem.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { WorkspaceId } from '../domain/ids.ts';
import type { CommandContext } from '../domain/operation.ts';
import type { Secret } from '../domain/secret.ts';
import type { ConnectParts } from './connect-parts.ts';
import type { Audience } from './installations.ts';
import { authorizedEntry } from './lifecycle-entries.ts';
import type { PastedConnection } from './pasted-tokens.ts';
import type { TokenIdentity } from './rest/token-identity.ts';

export interface PasteToken {
  readonly workspaceId: WorkspaceId;
  readonly token: Secret;
  readonly audience: Audience | null;
}

/**
 * Connects a workspace with the token of an internal integration. Before anything is stored, Notion is asked who owns
 * the token (rule 2). The token is sent to Notion only (rule 3). Throws `PortcullisError` and `connectError`.
 */
export async function pasteToken(
  parts: Pick<
    ConnectParts,
    'flows' | 'installations' | 'pasted' | 'vault' | 'identifyToken' | 'recordEvent' | 'forgetToken'
  >,
  { workspaceId, token, audience }: PasteToken,
  context: CommandContext,
): Promise<PastedConnection> {
  const { principal } = context.caller;
  if (principal.kind !== 'user') throw new Error('Only people get this far.');
  const identity = await identifyToken(parts, token);
  if (identity.notionWorkspaceId !== (await parts.installations.notionIdOf(workspaceId))) {
    throw await refuse(parts, 'workspace_mismatch', workspaceId, identity, context);
  }
  const { origin } = parts.flows.rest;
  const sealer = await parts.vault.forWorkspace(workspaceId);
  const stored = await parts.pasted.store(
    { workspaceId, userId: principal.id, origin, identity, audience },
    (connectionId, generation) => sealer.seal(connectionId, generation, { accessToken: token, refreshToken: null }),
    (connectionId, made) => authorizedEntry(connectionId, principal.id, made, context),
  );
  if (typeof stored === 'string') throw await refuse(parts, stored, workspaceId, identity, context);
  parts.forgetToken(workspaceId, stored.connectionId);
  return stored;
}

/** The owner of a token, as Notion says. Throws `PortcullisError` and `connectError`. */
export async function identifyToken(
  { identifyToken }: Pick<ConnectParts, 'identifyToken'>,
  token: Secret,
): Promise<TokenIdentity> {
  const identity = await identifyToken(token);
  if (identity === 'dead') throw new PortcullisError('validation_error', 'Notion does not accept this token.');
  if (identity === 'turned_away') throw connectError('notion_unreachable', 'whose a pasted token is: no answer');
  if (identity === 'unclear')
    throw connectError('identity_unknown', 'whose a pasted token is: an answer that names no workspace');
  return identity;
}

/**
 * Notifies the admins of the workspace. Nothing was stored, and only the token's owner at Notion can revoke such a
 * token.
 */
async function refuse(
  { recordEvent }: Pick<ConnectParts, 'recordEvent'>,
  problem: 'workspace_mismatch' | 'being_disconnected' | 'owner_mismatch',
  workspaceId: WorkspaceId,
  { botId, notionWorkspaceId }: TokenIdentity,
  { caller: { principal }, clientAddress, requestId }: CommandContext,
): Promise<Error> {
  await recordEvent({
    name: `connect.${problem}`,
    workspaceId,
    principalId: principal.kind === 'user' ? principal.id : null,
    result: 'denied',
    clientAddress,
    requestId,
    detail: { botId, notionWorkspaceId, kind: 'internal' },
  });
  return connectError(problem, 'a pasted token');
}
