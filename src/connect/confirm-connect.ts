import { connectError } from '../domain/connect-problem.ts';
import type { ConnectionId, WorkspaceId } from '../domain/ids.ts';
import type { CommandContext } from '../domain/operation.ts';
import type { ConnectParts } from './connect-parts.ts';
import { holderOf } from './holder.ts';
import type { WaitingConnection } from './installations.ts';
import { authorizedEntry } from './lifecycle-entries.ts';
import { createSealLeftToken } from './seal-left-token.ts';

/** A waiting connection. Whoever goes on with it is the browser session that calls. */
export interface ConfirmConnect {
  readonly connectionId: ConnectionId;
}

/** What the holder must know before they confirm. Throws the `connectError` `not_waiting`. */
export async function reviewConnect(
  { installations }: Pick<ConnectParts, 'installations'>,
  { connectionId }: ConfirmConnect,
  context: CommandContext,
): Promise<WaitingConnection> {
  const waiting = await installations.findWaiting(connectionId, holderOf(context));
  if (waiting === null) throw connectError('not_waiting');
  return waiting;
}

/** Puts a waiting connection to use. Throws the `connectError` `not_waiting`. */
export async function confirmConnect(
  {
    installations,
    vault,
    forgetToken,
    wakeJobs,
  }: Pick<ConnectParts, 'installations' | 'vault' | 'forgetToken' | 'wakeJobs'>,
  { connectionId }: ConfirmConnect,
  context: CommandContext,
): Promise<{ workspaceId: WorkspaceId }> {
  const holder = holderOf(context);
  const confirmed = await installations.confirm(
    connectionId,
    holder,
    made => authorizedEntry(connectionId, holder.userId, made, context),
    createSealLeftToken(vault),
  );
  if (confirmed === null) throw connectError('not_waiting');
  forgetToken(confirmed.workspaceId, connectionId);
  wakeJobs();
  return { workspaceId: confirmed.workspaceId };
}

/** Gives a waiting connection up: it ends now instead of when its time has passed. Throws `not_waiting`. */
export async function cancelConnect(
  { installations, vault, wakeJobs }: Pick<ConnectParts, 'installations' | 'vault' | 'wakeJobs'>,
  { connectionId }: ConfirmConnect,
  context: CommandContext,
): Promise<void> {
  const ended = await installations.abandon(connectionId, holderOf(context), createSealLeftToken(vault));
  if (!ended) throw connectError('not_waiting');
  wakeJobs();
}
