import type { ConnectionKind, ConnectionStatus, SealedToken, TokenPlace } from '../domain/connection.ts';
import type { RecordedEvent } from '../domain/event.ts';
import type { ConnectionId, JobId, PrincipalId, RegistrationId, WorkspaceId } from '../domain/ids.ts';
import type { ConsentKind } from './consent-flow.ts';

/** Why a connection ends. */
export type EndReason = 'disconnected' | 'unconfirmed';

/** The installation at Notion behind a connection, as the log names it. */
export interface InstallationNames {
  readonly notionWorkspaceId: string;
  readonly botId: string;
}

/**
 * The job that ends a connection, even if this process dies. It holds enough to write the log entry after the rows are
 * gone.
 */
export interface RevokeConnection extends InstallationNames {
  readonly workspaceId: WorkspaceId;
  readonly connectionId: ConnectionId;
  readonly reason: EndReason;
  readonly by: PrincipalId | null;
}

/** The job that revokes tokens which no connection holds. */
export interface RevokeToken {
  readonly kind: ConsentKind;
  readonly origin: string;
  readonly botId: string;
  readonly registrationId: RegistrationId | null;
  /** A token that no connection ever held, sealed into the job. Null: it stays sealed in its connection's row. */
  readonly sealed: string | null;
  /** The connection that held it; null for a token that no connection ever held. */
  readonly discardedBy: { readonly workspaceId: WorkspaceId; readonly connectionId: ConnectionId } | null;
}

export interface EndingConnection {
  readonly kind: ConnectionKind;
  readonly origin: string;
  readonly status: ConnectionStatus;
  /** Each with the client that got it; null if there is only one client. */
  readonly tokens: readonly (SealedToken & { readonly registrationId: RegistrationId | null })[];
}

export interface DiscardedToken {
  readonly place: TokenPlace;
  readonly token: SealedToken;
}

/** The last steps of a connection: blocked, then (revoked at Notion, which is not the store's work), then buried. */
export interface Disconnections {
  /** Blocks the connection, adds the job and writes the entry, in one commit. False: there is no connection to end. */
  block(
    place: { workspaceId: WorkspaceId; connectionId: ConnectionId },
    by: PrincipalId,
    entryOf: (names: InstallationNames) => RecordedEvent,
  ): Promise<boolean>;
  find(workspaceId: WorkspaceId, connectionId: ConnectionId): Promise<EndingConnection | null>;
  /**
   * Destroys the tokens, leaves a tombstone and writes the entry, in one commit. A workspace that was never confirmed
   * disappears with all its rows. A second call changes nothing. Tokens that have a job of their own stay for that job.
   */
  bury(end: RevokeConnection, note: string, entry: RecordedEvent): Promise<void>;
  /** The token of a connection that this job has to revoke. Null: it is destroyed already. */
  findDiscarded(jobId: JobId): Promise<DiscardedToken | null>;
  /** Destroys that token and writes the entry, in one commit. A second call changes nothing. */
  destroyDiscarded(jobId: JobId, entry: RecordedEvent): Promise<void>;
}
