import type { KeyId, SessionId, WorkspaceId } from '../domain/ids.ts';

/** A ticket as it is stored: all but the ticket. */
export interface StoredTicket {
  readonly hash: Buffer;
  readonly workspaceId: WorkspaceId;
  readonly credential: KeyId | SessionId;
  readonly sealed: string;
  readonly expiresAt: Date;
}

/**
 * Where tickets are kept. `add` writes all of one answer's in one statement; they are found as soon as it resolves.
 * `find` leaves out what has expired, and what a key or session got that has ended.
 */
export interface FileTicketStore {
  add(workspaceId: WorkspaceId, tickets: readonly StoredTicket[]): Promise<void>;
  find(hashes: readonly Buffer[], at: Date): Promise<StoredTicket[]>;
}
