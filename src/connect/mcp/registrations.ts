import type { ConnectionId, RegistrationId, UserId, WorkspaceId } from '../../domain/ids.ts';
import type { ClientSource, OAuthClient } from './register-client.ts';

/** A client of ours as it is stored. */
export interface StoredRegistration extends Omit<OAuthClient, 'secret'> {
  readonly id: RegistrationId;
  readonly userId: UserId;
  readonly sealedSecret: string | null;
  readonly redirectUri: string;
  readonly resource: string;
  /** What was asked for last. */
  readonly scope: string | null;
}

export interface RegistrationWish {
  readonly userId: UserId;
  /** The workspace to be reconnected. */
  readonly target: WorkspaceId | null;
  readonly issuer: string;
  readonly source: ClientSource;
  readonly redirectUri: string;
  readonly resource: string;
}

/** Clients by issuer. One that the server refused, or whose secret ends soon, is not found by a wish. */
export interface Registrations {
  /** The client of this person's connection in the target workspace, or else one of theirs that no connection uses. */
  reusable(wish: RegistrationWish): Promise<StoredRegistration | null>;
  add(registration: StoredRegistration): Promise<void>;
  find(id: RegistrationId): Promise<StoredRegistration | null>;
  /** Which client a connection stands on. */
  ofConnection(workspaceId: WorkspaceId, connectionId: ConnectionId): Promise<RegistrationId | null>;
  noteScope(id: RegistrationId, scope: string | null): Promise<void>;
  /** The server does not know this client (any more). */
  refuse(id: RegistrationId): Promise<void>;
}
