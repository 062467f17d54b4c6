import type { RecordEvent, RecordedEvent } from '../domain/event.ts';
import type { EventName } from '../domain/event-names.ts';
import type { WorkspaceId } from '../domain/ids.ts';
import type { Undecryptable } from '../vault/undecryptable.ts';

type Detail = Readonly<Record<string, string | number>>;

/** A task with keys, as the log shows it. `workspaceId` is null if it is about all workspaces. */
export interface KeyTask {
  readonly name: EventName;
  readonly detail?: Detail;
  readonly workspaceId?: WorkspaceId | null;
}

/** Entries about keys, with the operator who works on them. */
export interface KeyLog {
  /**
   * Logs the beginning before anything changes, and afterwards whether the task was refused (`refusal` says why) or
   * failed. Throws the errors of `work`.
   */
  around<T>(task: KeyTask, work: () => Promise<T>, refusal?: (result: T) => string | null): Promise<T>;
  /** A value does not open. */
  alarm(found: Pick<Undecryptable, 'kid' | 'binding'>, workspaceId: WorkspaceId | null): Promise<void>;
}

export function createKeyLog(recordEvent: RecordEvent, operator: string): KeyLog {
  const note = ({ name, detail, workspaceId = null }: KeyTask, result: RecordedEvent['result'], more: Detail = {}) =>
    recordEvent({ name, workspaceId, principalId: null, result, detail: { ...detail, ...more, by: operator } });
  return {
    async around(task, work, refusal = () => null) {
      await note(task, 'success');
      const result = await work().catch(async error => {
        await note(task, 'error');
        throw error;
      });
      const because = refusal(result);
      if (because !== null) await note(task, 'denied', { because });
      return result;
    },
    alarm: ({ kid, binding }, workspaceId) =>
      recordEvent({
        name: 'custody.undecryptable',
        workspaceId,
        principalId: null,
        result: 'error',
        detail: { ...binding, kid },
      }),
  };
}
