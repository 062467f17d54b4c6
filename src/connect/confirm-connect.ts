import { connectError } from '../domain/connect-problem.ts';
import type { ConnectionId, WorkspaceId } from '../domain/ids.ts';
import type { CommandContext } from '../domain/operation.ts';
import type { ConnectParts } from './connect-parts.ts';
import { holderOf } from './holder.ts';
import type { WaitingConnection } from './installations.ts';
import { authorizedEntry } from './lifecycle-entries.ts';
import { createSealLeftToken } from './seal-left-token.ts';

/** A waiting connection, and the browser session that wants to go on with it. */
export interface ConfirmConnect {
  readonly connectionId: ConnectionId;
  readonly session: string;
}

/** What the holder must know before they confirm. Throws the `connectError` `not_waiting`. */
export async function reviewConnect(
  { installations }: Pick<ConnectParts, 'installations'>,
  { connectionId, session }: ConfirmConnect,
  context: CommandContext,
): Promise<WaitingConnection> {
  const waiting = await installations.findWaiting(connectionId, holderOf(context, session));
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
  { connectionId, session }: ConfirmConnect,
  context: CommandContext,
): Promise<{ workspaceId: WorkspaceId }> {
  const holder = holderOf(context, session);
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
  { connectionId, session }: ConfirmConnect,
  context: CommandContext,
): Promise<void> {
  const ended = await installations.abandon(connectionId, holderOf(context, session), createSealLeftToken(vault));
  if (!ended) throw connectError('not_waiting');
  wakeJobs();
}
