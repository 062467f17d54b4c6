import type { ConnectionPlace } from '../../domain/connection.ts';
import type { RecordedEvent } from '../../domain/event.ts';
import type { EventName } from '../../domain/event-names.ts';
import type { StoredConnection } from '../stored-connections.ts';
import type { Fence } from './token-refreshes.ts';

type Detail = RecordedEvent['detail'];

/** The log entry about a connection's tokens. Portcullis itself is the principal: no caller can ask for a refresh. */
export function tokenEntry(
  name: EventName,
  { workspaceId, connectionId }: ConnectionPlace,
  result: RecordedEvent['result'],
  detail: Detail,
): RecordedEvent {
  return { name, workspaceId, principalId: null, result, detail: { connection: connectionId, ...detail } };
}

/** The entry of one attempt, with the attempt's id. */
export function attemptEntry(
  name: EventName,
  fence: Fence,
  result: RecordedEvent['result'],
  detail: Detail = {},
): RecordedEvent {
  const { attemptId, generation } = fence;
  return tokenEntry(name, fence, result, { attempt: attemptId, generation, ...detail });
}

/**
 * The entries for a connection that needs a person: one with our own name, one with the name that owners of workspaces
 * search the log for.
 */
export function endEntries(
  name: 'connection.needs_reauth' | 'connection.needs_reregister',
  place: ConnectionPlace,
  { kind, botId, notionWorkspaceId, generation }: StoredConnection,
  reason: string,
): RecordedEvent[] {
  const detail = { kind, botId, notionWorkspaceId, generation, reason };
  return [tokenEntry(name, place, 'error', detail), tokenEntry('workspace_deauthorized', place, 'error', detail)];
}
