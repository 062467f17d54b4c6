import type { ConsentId, KeyId, SessionId, WorkspaceId } from '../domain/ids.ts';

/** The tickets of a few files that one answer gave to one key or session, as they are stored: all but the tickets. */
export interface StoredTickets {
  /** Of the part that these tickets have in common. */
  readonly hash: Buffer;
  readonly workspaceId: WorkspaceId;
  readonly credential: KeyId | SessionId | ConsentId;
  readonly sealed: string;
  /** When the last of them ends. */
  readonly expiresAt: Date;
}

/**
 * Where tickets are kept. `add` writes all of one answer's in one statement; they are found as soon as it resolves.
 * `find` leaves out what has expired, and what a key or session got that has ended.
 */
export interface FileTicketStore {
  add(workspaceId: WorkspaceId, tickets: readonly StoredTickets[]): Promise<void>;
  find(hashes: readonly Buffer[], at: Date): Promise<StoredTickets[]>;
}
