import type { EventName } from './event-names.ts';
import type { PrincipalId, WorkspaceId } from './ids.ts';

/** Something that happened outside a call's own intent and outcome, for the log. */
export interface RecordedEvent {
  /** `workspace_authorized`, `connection.needs_reauth`. */
  readonly name: EventName;
  /** Null for what belongs to no workspace: it goes to the deployment log. */
  readonly workspaceId: WorkspaceId | null;
  /** Who caused it; null for Portcullis itself. */
  readonly principalId: PrincipalId | null;
  readonly result: 'success' | 'denied' | 'error';
  readonly clientAddress?: string | null;
  readonly requestId?: string | null;
  /** Ids, counts and words of our own. Never a secret, never text that a stranger wrote. */
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
}

/** Makes an event durable. Throws when it cannot. */
export type RecordEvent = (event: RecordedEvent) => Promise<void>;
