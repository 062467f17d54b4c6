import { PortcullisError } from '../../domain/errors.ts';
import type { RecordEvent, RecordedEvent } from '../../domain/event.ts';
import type { EventName } from '../../domain/event-names.ts';
import type { CommandContext } from '../../domain/operation.ts';
import { principalIdOf } from '../../domain/principal.ts';

/**
 * Records what a command changed: the intent says that a member was added, this says which member and in which role. If
 * it cannot be written, the caller gets the error that the change may have been made.
 */
export async function recordChange(
  record: RecordEvent,
  context: CommandContext,
  name: EventName,
  detail: RecordedEvent['detail'],
): Promise<void> {
  try {
    await record(changeEvent(context, name, detail));
  } catch (cause) {
    throw new PortcullisError('outcome_unrecorded', undefined, { log: `${name} could not be recorded`, cause });
  }
}

/** What the log says of a change that a caller made. */
export function changeEvent(
  { caller, workspaceId, clientAddress, requestId }: CommandContext,
  name: EventName,
  detail: RecordedEvent['detail'],
): RecordedEvent {
  const principalId = principalIdOf(caller);
  return { name, workspaceId, principalId, result: 'success', clientAddress, requestId, detail };
}
