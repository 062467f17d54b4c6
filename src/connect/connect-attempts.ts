import type { ConnectProblem } from '../domain/connect-problem.ts';
import type { ConnectionKind } from '../domain/connection.ts';
import type { ConnectionId, RegistrationId, UserId, WorkspaceId } from '../domain/ids.ts';
import type { ConsentKind } from './consent-flow.ts';

/** The browser session and the person that an attempt belongs to. Only they can go on with it. */
export interface AttemptHolder {
  /** 32 bytes. */
  readonly sessionHash: Buffer;
  readonly userId: UserId;
}

/** What an attempt is for (rule 1): one workspace that is connected already, or (null) a new one. */
export interface Target {
  readonly workspaceId: WorkspaceId | null;
}

export interface NewAttempt extends AttemptHolder, Target {
  readonly kind: ConnectionKind;
  readonly stateHash: Buffer;
  readonly redirectUri: string;
  /**
   * The client that asks. Only one attempt at a time uses a client: an older attempt that waits with the same client
   * ends.
   */
  readonly registrationId: RegistrationId | null;
  readonly sealed: string | null;
}

/** An attempt that was used up, with what it had stored. */
export interface Claimed extends Target {
  readonly registrationId: RegistrationId | null;
  readonly sealed: string | null;
}

/** How far an attempt has come after its state was used. */
export type AttemptEnding =
  /** Notion is being asked. */
  | { readonly kind: 'running' }
  /** It made a connection, which waits to be confirmed or was. */
  | { readonly kind: 'made'; readonly connectionId: ConnectionId }
  | { readonly kind: 'failed'; readonly problem: ConnectProblem };

/**
 * Attempts that wait for Notion to send the browser back. Times are the database's. A state of one kind is unknown in
 * the other.
 */
export interface ConnectAttempts {
  /** Opens an attempt for ten minutes. One person can have a few at once (tabs); the oldest beyond that are dropped. */
  open(attempt: NewAttempt): Promise<void>;
  /** The target of a state, for as long as it is remembered. Claims nothing. */
  target(kind: ConsentKind, stateHash: Buffer): Promise<Target | null>;
  /** Uses a state up. Of several calls at once, exactly one gets the target. Null leaves the attempt as it was. */
  claim(kind: ConnectionKind, stateHash: Buffer, holder: AttemptHolder): Promise<Claimed | null>;
  /**
   * The result of an attempt whose state was used, for the person and the session that it belonged to. Null for all
   * others, and once it is forgotten.
   */
  ending(kind: ConsentKind, stateHash: Buffer, holder: AttemptHolder): Promise<AttemptEnding | null>;
  /** Ends a claimed attempt that failed, and remembers why. Its client is free for the next attempt. */
  drop(stateHash: Buffer, problem: ConnectProblem): Promise<void>;
  /** Deletes attempts that can no longer go on, and old results. */
  purge(): Promise<void>;
}
