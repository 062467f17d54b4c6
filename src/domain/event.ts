import type { EventName } from './event-names.ts';
import type { PrincipalId, WorkspaceId } from './ids.ts';

/** Something that happened outside of a call's own intent and outcome. It is written to the log. */
export interface RecordedEvent {
  /** `workspace_authorized`, `connection.needs_reauth`. */
  readonly name: EventName;
  /** Null for an event of no workspace: it goes to the deployment log. */
  readonly workspaceId: WorkspaceId | null;
  /** The person or agent that caused it; null for Portcullis itself. */
  readonly principalId: PrincipalId | null;
  readonly result: 'success' | 'denied' | 'error';
  readonly clientAddress?: string | null;
  readonly requestId?: string | null;
  /** Ids, counts and our own words. Never a secret, never text from a stranger. */
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
}

/** Writes an event durably to the log. Throws if it cannot. */
export type RecordEvent = (event: RecordedEvent) => Promise<void>;
