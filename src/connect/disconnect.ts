import { PortcullisError } from '../domain/errors.ts';
import type { ConnectionId, WorkspaceId } from '../domain/ids.ts';
import type { CommandContext } from '../domain/operation.ts';
import type { ConnectParts } from './connect-parts.ts';
import { deauthorizedEntry } from './lifecycle-entries.ts';

export interface Disconnect {
  readonly workspaceId: WorkspaceId;
  readonly connectionId: ConnectionId;
}

/**
 * Ends a connection. It is blocked when this answers; revoking it at Notion and destroying its tokens follow, and neither
 * waits for anything but Notion (defects A8 and A9). Throws `PortcullisError` `not_found`.
 */
export async function disconnect(
  { disconnections, forgetToken, wakeJobs }: Pick<ConnectParts, 'disconnections' | 'forgetToken' | 'wakeJobs'>,
  { workspaceId, connectionId }: Disconnect,
  context: CommandContext,
): Promise<{ status: 'revoking' }> {
  const { principal } = context.caller;
  if (principal.kind !== 'user' && principal.kind !== 'agent') throw new Error('Only people and agents get this far.');
  const place = { workspaceId, connectionId };
  const blocked = await disconnections.block(place, principal.id, names =>
    deauthorizedEntry(place, principal.id, names, context),
  );
  forgetToken(workspaceId, connectionId);
  if (!blocked) throw new PortcullisError('not_found', 'There is no such connection.');
  wakeJobs();
  return { status: 'revoking' };
}
