import type { SealedToken } from '../domain/connection.ts';
import type { RecordedEvent } from '../domain/event.ts';
import type { ConnectionId, UserId, WorkspaceId } from '../domain/ids.ts';
import type { Audience, Confirmed } from './installations.ts';
import type { TokenIdentity } from './rest/token-identity.ts';

/** A token that somebody pasted, and that Notion has said whose it is. */
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
   * Puts a token to use and writes the entry, in one commit: in a new connection, or in the place of the one before where
   * the same integration is connected already. Answers with the problem when that connection is being disconnected, or
   * serves somebody else alone.
   */
  store(
    pasted: PastedToken,
    seal: (connectionId: ConnectionId, generation: number) => Promise<readonly SealedToken[]>,
    entryOf: (connectionId: ConnectionId, made: Omit<Confirmed, 'again'>) => RecordedEvent,
  ): Promise<PastedConnection | 'being_disconnected' | 'owner_mismatch'>;
}
