import type { ConnectionKind, ConnectionStatus, SealedToken } from '../domain/connection.ts';
import type { ConnectionId, PrincipalId, RegistrationId, WorkspaceId } from '../domain/ids.ts';

/** Why a connection ends. */
export type EndReason = 'disconnected' | 'unconfirmed';

/** The job that carries an end through, whatever happens to this process. Enough to log it when the rows are gone. */
export interface RevokeConnection {
  readonly workspaceId: WorkspaceId;
  readonly connectionId: ConnectionId;
  readonly notionWorkspaceId: string;
  readonly botId: string;
  readonly reason: EndReason;
  readonly by: PrincipalId | null;
}

export interface EndingConnection {
  readonly registrationId: RegistrationId | null;
  readonly kind: ConnectionKind;
  readonly origin: string;
  readonly status: ConnectionStatus;
  readonly tokens: readonly SealedToken[];
}

/** The last steps of a connection: blocked, then (revoked at Notion, which is not the store's work), then buried. */
export interface Disconnections {
  /** Blocks the connection and adds the job, in one transaction. False: there is no connection to end. */
  block(workspaceId: WorkspaceId, connectionId: ConnectionId, by: PrincipalId): Promise<boolean>;
  find(workspaceId: WorkspaceId, connectionId: ConnectionId): Promise<EndingConnection | null>;
  /** Destroys the tokens and leaves a tombstone; a workspace that was never confirmed disappears with all it has. */
  bury(workspaceId: WorkspaceId, connectionId: ConnectionId, note: string): Promise<void>;
}
