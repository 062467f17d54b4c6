import type { SealedToken } from '../domain/connection.ts';
import type { RecordedEvent } from '../domain/event.ts';
import type { ConnectionId, UserId, WorkspaceId } from '../domain/ids.ts';
import type { Audience, Confirmed } from './installations.ts';
import type { TokenIdentity } from './rest/token-identity.ts';

/** A token that a person pasted, with its owner as Notion says. */
export interface PastedToken {
  readonly workspaceId: WorkspaceId;
  readonly userId: UserId;
  readonly origin: string;
  readonly identity: TokenIdentity;
  /** Null: as it was, and for a new connection its owner alone. */
  readonly audience: Audience | null;
}

export interface PastedConnection {
  readonly connectionId: ConnectionId;
  readonly audience: Audience;
}

/** Where pasted tokens are kept. */
export interface PastedTokens {
  /**
   * Puts a token to use and writes the entry, in one commit. If the same integration is connected already, the token
   * replaces the one of that connection; otherwise there is a new connection. Returns the problem if that connection is
   * being disconnected, or if another person alone may use it.
   */
  store(
    pasted: PastedToken,
    seal: (connectionId: ConnectionId, generation: number) => Promise<readonly SealedToken[]>,
    entryOf: (connectionId: ConnectionId, made: Omit<Confirmed, 'again'>) => RecordedEvent,
  ): Promise<PastedConnection | 'being_disconnected' | 'owner_mismatch'>;
}
