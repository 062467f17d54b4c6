import { connectError } from '../domain/connect-problem.ts';
import { PortcullisError } from '../domain/errors.ts';
import type { ConnectionId, WorkspaceId } from '../domain/ids.ts';
import type { CommandContext } from '../domain/operation.ts';
import type { AttemptHolder } from './connect-attempts.ts';
import type { ConnectParts } from './connect-parts.ts';
import { disconnect } from './disconnect.ts';
import { holderOf } from './holder.ts';
import type { AnsweredConnection, WaitingConnection } from './installations.ts';
import { authorizedEntry } from './lifecycle-entries.ts';

/** A waiting connection. The browser session that calls is the one that goes on with it. */
export interface ConfirmConnect {
  readonly connectionId: ConnectionId;
}

/**
 * The facts that the holder must know before they confirm. If they have confirmed the connection already, the workspace
 * in which it is used: pages are loaded again. Throws the `connectError` `not_waiting`, or the problem that ended it.
 */
export async function reviewConnect(
  { installations }: Pick<ConnectParts, 'installations'>,
  { connectionId }: ConfirmConnect,
  context: CommandContext,
): Promise<WaitingConnection | { confirmedIn: WorkspaceId }> {
  const holder = holderOf(context);
  const waiting = await installations.findWaiting(connectionId, holder);
  if (waiting !== null) return waiting;
  const answered = await installations.findAnswered(connectionId, holder);
  if (answered !== null && 'confirmedIn' in answered) return answered;
  throw notWaiting(answered);
}

function notWaiting(answered: AnsweredConnection | null): Error {
  if (answered === null) return connectError('not_waiting', 'nothing waits for this session');
  return connectError('problem' in answered ? answered.problem : 'in_use', 'it was answered before');
}

/** A waiting connection to be used. `replacing` names the connection that it replaces, if any. */
export interface ConfirmedConnect extends ConfirmConnect {
  readonly replacing: ConnectionId | null;
}

/**
 * Puts a waiting connection to use; a connection that it replaces is disconnected then. Throws the `connectError`
 * `not_waiting`, or what ended it; `PortcullisError` `validation_error` for one that it cannot replace.
 */
export async function confirmConnect(
  parts: Pick<ConnectParts, 'installations' | 'disconnections' | 'forgetToken' | 'wakeJobs'>,
  { connectionId, replacing }: ConfirmedConnect,
  context: CommandContext,
): Promise<{ workspaceId: WorkspaceId }> {
  const { installations, forgetToken, wakeJobs } = parts;
  const holder = holderOf(context);
  if (replacing !== null) await assertReplaceable(installations, { connectionId, replacing }, holder);
  const confirmed = await installations.confirm(connectionId, holder, made =>
    authorizedEntry(connectionId, holder.userId, made, context),
  );
  if (confirmed === null) throw notWaiting(await installations.findAnswered(connectionId, holder));
  const { workspaceId } = confirmed;
  forgetToken(workspaceId, connectionId);
  wakeJobs();
  if (replacing !== null && !confirmed.again) {
    await disconnect(parts, { workspaceId, connectionId: replacing }, context).catch(ifThereIsNone);
  }
  return { workspaceId };
}

/** Another person has disconnected it meanwhile. */
function ifThereIsNone(error: unknown): void {
  if (!(error instanceof PortcullisError) || error.code !== 'not_found') throw error;
}

/**
 * Checks that the page offered this connection for replacement. If the answer was given already, a second press gets
 * the result of the first.
 */
async function assertReplaceable(
  installations: ConnectParts['installations'],
  { connectionId, replacing }: { connectionId: ConnectionId; replacing: ConnectionId },
  holder: AttemptHolder,
): Promise<void> {
  const waiting = await installations.findWaiting(connectionId, holder);
  if (waiting === null || waiting.replaceable.some(one => one.connectionId === replacing)) return;
  throw new PortcullisError('validation_error', 'There is no such connection whose place this one could take.');
}

/**
 * Gives a waiting connection up: it ends now instead of at the end of its time. A second call changes nothing. Throws
 * `not_waiting`.
 */
export async function cancelConnect(
  { installations, wakeJobs }: Pick<ConnectParts, 'installations' | 'wakeJobs'>,
  { connectionId }: ConfirmConnect,
  context: CommandContext,
): Promise<void> {
  const holder = holderOf(context);
  if (await installations.abandon(connectionId, holder)) return wakeJobs();
  const answered = await installations.findAnswered(connectionId, holder);
  if (answered === null || !('problem' in answered) || answered.problem !== 'cancelled') throw notWaiting(answered);
}
