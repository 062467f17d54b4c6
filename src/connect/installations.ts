import type { ConnectProblem } from '../domain/connect-problem.ts';
import type { ConnectionKind, SealedToken, WrappedKey } from '../domain/connection.ts';
import type { RecordedEvent } from '../domain/event.ts';
import type { ConnectionId, RegistrationId, UserId, WorkspaceId } from '../domain/ids.ts';
import type { AttemptHolder, Target } from './connect-attempts.ts';
import type { InstallationNames } from './disconnections.ts';
import type { Installation } from './rest/token-response.ts';

/** Who may use a connection: the workspace's members, or only whoever connected it (rule 2). */
export type Audience = 'members' | 'owner';

/** What a callback or somebody who pasted a token brought, with the attempt that it belongs to. */
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
  /** False until whoever connected it has confirmed it: nobody is a member yet. */
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
  /** Connections of the workspace that stay as they are, beside this one; null when it takes the place of one. */
  readonly beside: number | null;
  /** Those of them whose place it could take, if the person says so: of the same kind, and for the same people. */
  readonly replaceable: readonly ReplaceableConnection[];
  readonly audience: Audience;
  /** Who administers the workspace, or will once it is confirmed. */
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
  /** It was confirmed before, by the same session: nothing was changed now. */
  readonly again: boolean;
}

/**
 * Installations from the callback to their confirmation. Wherever tokens are left behind that another client got than those
 * that stay, the jobs that revoke them at Notion are added in the same commit. They stay sealed until their job is done, so
 * that no transaction waits for a key service.
 */
export interface Installations {
  findWorkspace(notionWorkspaceId: string): Promise<KnownWorkspace | null>;
  notionIdOf(workspaceId: WorkspaceId): Promise<string | null>;
  /** Whether a person may connect a workspace that is connected already (rule 1). */
  mayReconnect(workspaceId: WorkspaceId, userId: UserId): Promise<boolean>;
  /** Whether some connection that is not revoked stands for this installation. */
  isStored(origin: string, botId: string): Promise<boolean>;
  /** Stores a workspace nobody knew, its key, its connection (`pending`) and the tokens. False: somebody was faster. */
  addWorkspace(
    received: ReceivedTokens,
    place: { workspaceId: WorkspaceId; connectionId: ConnectionId },
    key: WrappedKey,
    tokens: readonly SealedToken[],
  ): Promise<boolean>;
  /**
   * Stores tokens for a known workspace: beside those in use when the installation is stored already, so that nothing
   * changes before it is confirmed, and as a new `pending` connection when it is not. From then on the attempt is about
   * that workspace, if it was confirmed before. An older attempt on the same connection that was not confirmed ends. Answers
   * with the problem when that connection is being disconnected, or when these tokens are of another account at Notion, or of
   * another person here, than the connection that they would have to go into.
   */
  addTokens(
    received: ReceivedTokens,
    workspaceId: WorkspaceId,
    seal: (connectionId: ConnectionId, generation: number) => Promise<readonly SealedToken[]>,
  ): Promise<ConnectionId | 'being_disconnected' | 'owner_mismatch'>;

  /** Where a waiting connection would be confirmed: its workspace, or (null) the deployment for a new one. */
  targetOf(connectionId: ConnectionId): Promise<Target | null>;
  findWaiting(connectionId: ConnectionId, holder: AttemptHolder): Promise<WaitingConnection | null>;
  /** What became of a connection that waited for this holder and does not any more. Null: there was none. */
  findAnswered(connectionId: ConnectionId, holder: AttemptHolder): Promise<AnsweredConnection | null>;
  /**
   * Puts the waiting tokens to use and writes the entry, in one commit; of a new workspace the holder becomes admin. Null:
   * there is nothing to confirm.
   */
  confirm(
    connectionId: ConnectionId,
    holder: AttemptHolder,
    entryOf: (confirmed: Confirmed) => RecordedEvent,
  ): Promise<Confirmed | null>;
  /** Gives a waiting connection up. What was never confirmed goes to `revoking`. False: there is nothing to give up. */
  abandon(connectionId: ConnectionId, holder: AttemptHolder | 'overdue'): Promise<boolean>;
  /** Connections whose ten minutes to be confirmed have passed. */
  overdue(): Promise<ConnectionId[]>;
}
