import type { RecordedEvent } from '../domain/event.ts';
import type { ConnectionId, PrincipalId, WorkspaceId } from '../domain/ids.ts';
import type { CommandContext } from '../domain/operation.ts';
import type { InstallationNames, RevokeConnection, RevokeToken } from './disconnections.ts';
import type { Confirmed } from './installations.ts';

/** The log entry for a new connection: who consented, and for which installation. */
export function authorizedEntry(
  connectionId: ConnectionId,
  by: PrincipalId,
  { workspaceId, kind, notionWorkspaceId, botId, notionOwnerId, isNew }: Omit<Confirmed, 'again'>,
  { clientAddress, requestId }: CommandContext,
): RecordedEvent {
  return {
    name: 'workspace_authorized',
    workspaceId,
    principalId: by,
    result: 'success',
    clientAddress,
    requestId,
    detail: { connection: connectionId, kind, notionWorkspaceId, botId, notionOwnerId, isNew },
  };
}

/** The log entry for a connection that a person ends: from this commit on it serves no calls. */
export function deauthorizedEntry(
  { workspaceId, connectionId }: { workspaceId: WorkspaceId; connectionId: ConnectionId },
  by: PrincipalId,
  { notionWorkspaceId, botId }: InstallationNames,
  { clientAddress, requestId }: CommandContext,
): RecordedEvent {
  return {
    name: 'workspace_deauthorized',
    workspaceId,
    principalId: by,
    result: 'success',
    clientAddress,
    requestId,
    detail: { connection: connectionId, notionWorkspaceId, botId, reason: 'disconnected' },
  };
}

/** …and when its tokens are destroyed, with their fate at Notion. An error: they may still work there. */
export function buriedEntry(end: RevokeConnection, upstream: string): RecordedEvent {
  const { workspaceId, connectionId, notionWorkspaceId, botId, reason, by } = end;
  return {
    name: reason === 'unconfirmed' ? 'connect.abandoned' : 'connection.revoked',
    workspaceId,
    principalId: by,
    result: upstream === 'revoked' ? 'success' : 'error',
    detail: { connection: connectionId, notionWorkspaceId, botId, reason, upstream },
  };
}

/** …and when tokens that no connection holds have ended, with their fate at Notion. */
export function discardedEntry(
  discardedBy: RevokeToken['discardedBy'],
  botId: string,
  upstream: string,
): RecordedEvent {
  return {
    name: 'connect.discarded',
    workspaceId: discardedBy?.workspaceId ?? null,
    principalId: null,
    result: upstream === 'revoked' || upstream === 'kept' ? 'success' : 'error',
    detail: { ...(discardedBy && { connection: discardedBy.connectionId }), botId, upstream },
  };
}
