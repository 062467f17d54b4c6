import type { ConnectionKind, ConnectionPlace, ConnectionStatus, SealedToken } from '../domain/connection.ts';
import type { ConnectionEvent } from '../domain/connection-states.ts';
import type { RecordedEvent } from '../domain/event.ts';
import type { AttemptId, ConnectionId, WorkspaceId } from '../domain/ids.ts';

/**
 * A connection with everything that is needed to use it. Times are given as distances, measured by the database's clock
 * (rule 24).
 */
export interface StoredConnection {
  readonly kind: ConnectionKind;
  readonly origin: string;
  readonly status: ConnectionStatus;
  /** Why it is in that state; of one that serves, what an operator has to mend. */
  readonly statusReason: string | null;
  readonly generation: number;
  readonly botId: string;
  readonly notionWorkspaceId: string;
  /** The tokens of the current generation; null once destroyed, and if Notion gave no refresh token. */
  readonly accessToken: SealedToken | null;
  readonly refreshToken: SealedToken | null;
  /** The time until the access token ends, negative if it has ended; null if the end is not known. */
  readonly endsInMs: number | null;
  /** From the making of the access token to its end. */
  readonly lifetimeMs: number | null;
  /** Since a refresh made this generation; null when a person's consent did. */
  readonly refreshedMsAgo: number | null;
  /** The time left of the refresh lease, or of the wait for its last holder; 0 or less if there is neither. */
  readonly leaseLeftMs: number;
  readonly attemptId: AttemptId | null;
  /** The time until the next refresh may begin, after one that failed; 0 or less: it may begin now. */
  readonly retryInMs: number;
  readonly refreshFailures: number;
  /** How often the refresh token was sent without an answer coming back. */
  readonly unanswered: number;
}

export interface StatusChange extends ConnectionPlace {
  /** The change is made only in this generation: what Notion says about old tokens does not apply to new ones. */
  readonly generation: number;
  readonly event: ConnectionEvent;
  readonly reason: string | null;
}

/** Where connections and their sealed tokens are kept. */
export interface StoredConnections {
  find(workspaceId: WorkspaceId, connectionId: ConnectionId): Promise<StoredConnection | null>;
  /**
   * Compare-and-set along the table of transitions, with its log entries in the same commit. Of several processes that
   * try the same change, exactly one gets true.
   */
  changeStatus(change: StatusChange, entries: readonly RecordedEvent[]): Promise<boolean>;
  /** Records what is wrong with a connection that still serves calls. Null: nothing is wrong any more. */
  noteReason(place: ConnectionPlace, reason: string | null): Promise<void>;
}
