import type { ConnectProblem } from '../domain/connect-problem.ts';
import type { ConnectionKind, SealedToken, WrappedKey } from '../domain/connection.ts';
import type { RecordedEvent } from '../domain/event.ts';
import type { ConnectionId, RegistrationId, UserId, WorkspaceId } from '../domain/ids.ts';
import type { AttemptHolder, Target } from './connect-attempts.ts';
import type { InstallationNames } from './disconnections.ts';
import type { Installation } from './rest/token-response.ts';

/** Who may use a connection: the workspace's members, or only the person who connected it (rule 2). */
export type Audience = 'members' | 'owner';

/** The tokens from a callback or from a person who pasted one, with the attempt that they belong to. */
export interface ReceivedTokens {
  readonly kind: ConnectionKind;
  readonly stateHash: Buffer;
  readonly userId: UserId;
  readonly origin: string;
  /** Null for a pasted token, behind which there is no client. */
  readonly clientId: string | null;
  readonly registrationId: RegistrationId | null;
  /** Who may use a new connection. */
  readonly audience: Audience;
  readonly installation: Installation;
}

export interface KnownWorkspace {
  readonly id: WorkspaceId;
  /** False until the person who connected it has confirmed it: it has no members yet. */
  readonly confirmed: boolean;
  readonly connectedBy: UserId | null;
}

/** It was confirmed, in this workspace, or given up. */
export type AnsweredConnection = { readonly confirmedIn: WorkspaceId } | { readonly problem: ConnectProblem };

/** A connection that waits for its holder to confirm it, and what they must know to do so (rule 1). */
export interface WaitingConnection {
  readonly workspaceId: WorkspaceId;
  readonly connectionId: ConnectionId;
  readonly workspaceName: string;
  readonly isNew: boolean;
  readonly notionOwnerName: string | null;
  /** Connections of the workspace that stay as they are, beside this one; null if it replaces one. */
  readonly beside: number | null;
  /** Those of them that it could replace, if the person wants that: of the same kind, and for the same people. */
  readonly replaceable: readonly ReplaceableConnection[];
  readonly audience: Audience;
  /** The admins of the workspace, or those that it will have once it is confirmed. */
  readonly admins: readonly { readonly name: string; readonly email: string }[];
  readonly memberCount: number;
}

export interface ReplaceableConnection {
  readonly connectionId: ConnectionId;
  /** Text that a stranger chose; null for a connection that the workspace owns. */
  readonly notionOwnerName: string | null;
}

export interface Confirmed extends InstallationNames {
  readonly workspaceId: WorkspaceId;
  readonly kind: ConnectionKind;
  /** The person at Notion who gave consent; null for a connection that the workspace owns. */
  readonly notionOwnerId: string | null;
  readonly isNew: boolean;
  /** It was confirmed before, by the same session: this call changed nothing. */
  readonly again: boolean;
}

/**
 * Installations, from the callback to their confirmation. Some tokens are replaced by tokens of another client. Then
 * the same commit adds the jobs that revoke the old tokens at Notion. They stay sealed until their job is done, so that
 * no transaction waits for a key service.
 */
export interface Installations {
  findWorkspace(notionWorkspaceId: string): Promise<KnownWorkspace | null>;
  notionIdOf(workspaceId: WorkspaceId): Promise<string | null>;
  /** Whether a person may connect a workspace that is connected already (rule 1). */
  mayReconnect(workspaceId: WorkspaceId, userId: UserId): Promise<boolean>;
  /** Whether a connection that is not revoked belongs to this installation. */
  isStored(origin: string, botId: string): Promise<boolean>;
  /** Stores a new workspace, its key, its connection (`pending`) and the tokens. False: another process was faster. */
  addWorkspace(
    received: ReceivedTokens,
    place: { workspaceId: WorkspaceId; connectionId: ConnectionId },
    key: WrappedKey,
    tokens: readonly SealedToken[],
  ): Promise<boolean>;
  /**
   * Stores tokens for a known workspace. If the installation is stored already, they are put beside the tokens in use,
   * so that nothing changes before the confirmation. If not, they make a new `pending` connection. If the workspace was
   * confirmed, the attempt belongs to it from now on. An older, unconfirmed attempt on the same connection ends.
   * Returns `being_disconnected` if that connection is being disconnected. Returns `owner_mismatch` if that connection
   * belongs to another account at Notion, or to another person here, than these tokens.
   */
  addTokens(
    received: ReceivedTokens,
    workspaceId: WorkspaceId,
    seal: (connectionId: ConnectionId, generation: number) => Promise<readonly SealedToken[]>,
  ): Promise<ConnectionId | 'being_disconnected' | 'owner_mismatch'>;

  /**
   * The place in which a waiting connection would be confirmed: its workspace, or (null) the deployment for a new one.
   */
  targetOf(connectionId: ConnectionId): Promise<Target | null>;
  findWaiting(connectionId: ConnectionId, holder: AttemptHolder): Promise<WaitingConnection | null>;
  /** The result of a connection that waited for this holder and no longer does. Null: there was none. */
  findAnswered(connectionId: ConnectionId, holder: AttemptHolder): Promise<AnsweredConnection | null>;
  /**
   * Puts the waiting tokens to use and writes the entry, in one commit. The holder becomes admin of a new workspace.
   * Null: there is nothing to confirm.
   */
  confirm(
    connectionId: ConnectionId,
    holder: AttemptHolder,
    entryOf: (confirmed: Confirmed) => RecordedEvent,
  ): Promise<Confirmed | null>;
  /**
   * Gives a waiting connection up. A connection that was never confirmed goes to `revoking`. False: there is nothing to
   * give up.
   */
  abandon(connectionId: ConnectionId, holder: AttemptHolder | 'overdue'): Promise<boolean>;
  /** Connections that were not confirmed within their ten minutes. */
  overdue(): Promise<ConnectionId[]>;
}
