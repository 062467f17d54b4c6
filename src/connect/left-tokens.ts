import type { SealedToken } from '../domain/connection.ts';
import type { ConnectionId, JobId, RegistrationId, WorkspaceId } from '../domain/ids.ts';
import type { RevokeToken } from './disconnections.ts';

/** A token of a grant that a connection leaves behind: those that stay are another client's. */
export interface LeftToken {
  readonly workspaceId: WorkspaceId;
  readonly connectionId: ConnectionId;
  readonly origin: string;
  readonly botId: string;
  readonly registrationId: RegistrationId;
  readonly token: SealedToken;
}

/** Seals a token into the job that revokes it. Null: it does not open, so nobody can. */
export type SealLeftToken = (left: LeftToken) => Promise<{ id: JobId; payload: RevokeToken } | null>;
