import type { ConnectionKind, ConnectionPlace, ConnectionStatus, SealedToken } from '../domain/connection.ts';
import type { ConnectionEvent } from '../domain/connection-states.ts';
import type { RecordedEvent } from '../domain/event.ts';
import type { AttemptId, ConnectionId, WorkspaceId } from '../domain/ids.ts';

/** A connection with what is needed to use it. Times are distances, measured by the database's clock (rule 24). */
export interface StoredConnection {
  readonly kind: ConnectionKind;
  readonly origin: string;
  readonly status: ConnectionStatus;
  /** Why it is in that state; of one that serves, what an operator has to mend. */
  readonly statusReason: string | null;
  readonly generation: number;
  readonly botId: string;
  readonly notionWorkspaceId: string;
  /** The tokens of the current generation; null once destroyed, and where Notion gave no refresh token. */
  readonly accessToken: SealedToken | null;
  readonly refreshToken: SealedToken | null;
  /** Until the access token ends, negative when it has; null where nobody says. */
  readonly endsInMs: number | null;
  /** From the making of the access token to its end. */
  readonly lifetimeMs: number | null;
  /** Since a refresh made this generation; null when a person's consent did. */
  readonly refreshedMsAgo: number | null;
  /** Of the lease on refreshing, or of the wait for whoever held it; 0 or less when there is none. */
  readonly leaseLeftMs: number;
  readonly attemptId: AttemptId | null;
  /** Until a refresh may begin after one that came to nothing; 0 or less for now. */
  readonly retryInMs: number;
  readonly refreshFailures: number;
  /** How often the refresh token was sent without an answer coming back. */
  readonly unanswered: number;
}

export interface StatusChange extends ConnectionPlace {
  /** The change is made only in this generation: a verdict on old tokens says nothing about new ones. */
  readonly generation: number;
  readonly event: ConnectionEvent;
  readonly reason: string | null;
}

/** Where connections and their sealed tokens are kept. */
export interface StoredConnections {
  find(workspaceId: WorkspaceId, connectionId: ConnectionId): Promise<StoredConnection | null>;
  /**
   * Compare-and-set along the table of transitions, with its entries in the log in the same commit. True for exactly one
   * of those who try the same change.
   */
  changeStatus(change: StatusChange, entries: readonly RecordedEvent[]): Promise<boolean>;
  /** Writes down what is wrong with a connection that serves all the same, or (null) that nothing is any more. */
  noteReason(place: ConnectionPlace, reason: string | null): Promise<void>;
}
