import { randomBytes } from 'node:crypto';
import { connectError, connectProblemOf } from '../domain/connect-problem.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { ConnectionId } from '../domain/ids.ts';
import type { CommandContext } from '../domain/operation.ts';
import type { Secret } from '../domain/secret.ts';
import type { ConnectParts } from './connect-parts.ts';
import { hashOf, holderOf } from './holder.ts';
import type { Audience } from './installations.ts';
import { nameIn } from './oauth-response.ts';
import { identifyToken } from './paste-token.ts';
import { receiveForNewWorkspace } from './receive-tokens.ts';

export interface PasteNew {
  readonly token: Secret;
  readonly audience: Audience | null;
  /** What to call the workspace if Notion does not say. */
  readonly name: string | null;
}

/**
 * Connects a new workspace with the token of an internal integration (rules 1 to 3). It is an attempt like any other,
 * but Notion's statement about the token takes the place of consent. The connection waits for the same session to
 * confirm it. Throws `PortcullisError` and `connectError`; nothing is stored then.
 */
export async function pasteNew(
  parts: ConnectParts,
  { token, audience, name }: PasteNew,
  context: CommandContext,
): Promise<{ connectionId: ConnectionId }> {
  const holder = holderOf(context);
  const { workspaceName, ...identity } = await identifyToken(parts, token);
  const tokens = { accessToken: token, refreshToken: null };
  const installation = { ...identity, tokens, workspaceName: workspaceName ?? nameIn(name), workspaceIcon: null };
  const stateHash = hashOf('connect state', randomBytes(32).toString('base64url'));
  // The browser is not sent to Notion, so it does not come back.
  const attempt = { stateHash, workspaceId: null, redirectUri: '', registrationId: null, sealed: null };
  await parts.attempts.open({ ...holder, ...attempt, kind: 'internal' });
  try {
    if ((await parts.attempts.claim('internal', stateHash, holder)) === null)
      throw connectError('invalid_state', 'the attempt ended meanwhile');
    const known = await parts.installations.findWorkspace(identity.notionWorkspaceId);
    // The name of a known workspace is not needed: the token is refused, and the admins are notified.
    if (installation.workspaceName === null && known === null) {
      throw new PortcullisError('validation_error', 'Notion does not say what the workspace is called: send its name.');
    }
    const { origin } = parts.flows.rest;
    const received = { kind: 'internal', stateHash, origin, clientId: null, registrationId: null } as const;
    const connectionId = await receiveForNewWorkspace(
      parts,
      { ...received, installation, userId: holder.userId, audience: audience ?? 'owner' },
      context,
    );
    return { connectionId };
  } catch (error) {
    // Where this fails, the sweep does it.
    await parts.attempts.drop(stateHash, connectProblemOf(error) ?? 'interrupted').catch(() => {});
    throw error;
  }
}
