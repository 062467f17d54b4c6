import type { RegistrationId, UserId, WorkspaceId } from '../../domain/ids.ts';
import type { ClientSource, OAuthClient } from './register-client.ts';

/** A client of ours as it is stored. */
export interface StoredRegistration extends Omit<OAuthClient, 'secret'> {
  readonly id: RegistrationId;
  readonly userId: UserId;
  readonly sealedSecret: string | null;
  /** With what the server lets us delete it (RFC 7592); null: it does not. */
  readonly management: { readonly uri: string; readonly sealedToken: string } | null;
  readonly redirectUri: string;
  readonly resource: string;
  /** The scopes of the last request, or of the next one. */
  readonly scope: string | null;
}

export interface RegistrationWish {
  readonly userId: UserId;
  /** The workspace to be reconnected. */
  readonly target: WorkspaceId | null;
  readonly issuer: string;
  readonly source: ClientSource;
  /** The one in the settings. Null: any id that it got. */
  readonly clientId: string | null;
  readonly redirectUri: string;
  readonly resource: string;
}

/** Clients by issuer. A search does not find a client that the server refused, or whose secret ends soon. */
export interface Registrations {
  /**
   * The client of this person's connection in the target workspace, otherwise one of theirs that no connection uses. It
   * counts as used from this moment on, so that it is not removed during the attempt.
   */
  takeUp(wish: RegistrationWish): Promise<StoredRegistration | null>;
  add(registration: StoredRegistration): Promise<void>;
  find(id: RegistrationId): Promise<StoredRegistration | null>;
  /** Whether a connection that is not revoked uses this client. */
  isStoodOn(id: RegistrationId): Promise<boolean>;
  noteScope(id: RegistrationId, scope: string | null): Promise<void>;
  /** The server does not know this client (any more). */
  refuse(id: RegistrationId): Promise<void>;
  /**
   * Removes a few clients that were not used for a week: by no attempt, no connection, and no job that still has a
   * token to revoke. If a client can be deleted at its server, the same transaction adds the job for that.
   */
  removeUnused(): Promise<void>;
}

/** The job that deletes a client at its server. The token is sealed for the registration that it was. */
export interface DeleteClient {
  readonly registrationId: RegistrationId;
  readonly issuer: string;
  readonly clientId: string;
  readonly uri: string;
  readonly sealedToken: string;
}
