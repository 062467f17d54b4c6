import type { ConnectProblem } from '../domain/connect-problem.ts';
import type { ConnectionKind } from '../domain/connection.ts';
import type { ConnectionId, RegistrationId, UserId, WorkspaceId } from '../domain/ids.ts';
import type { ConsentKind } from './consent-flow.ts';

/** The browser session and the person that an attempt belongs to. Nobody else can go on with it. */
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
  /** The client that is asking. An attempt that waits with the same client ends: a client is used by one at a time. */
  readonly registrationId: RegistrationId | null;
  readonly sealed: string | null;
}

/** An attempt that was used up, with what it remembered. */
export interface Claimed extends Target {
  readonly registrationId: RegistrationId | null;
  readonly sealed: string | null;
}

/** How far an attempt has come whose state is spent. */
export type AttemptEnding =
  /** Notion is being asked. */
  | { readonly kind: 'running' }
  /** It made a connection, which waits to be confirmed or was. */
  | { readonly kind: 'made'; readonly connectionId: ConnectionId }
  | { readonly kind: 'failed'; readonly problem: ConnectProblem };

/** Attempts that wait for Notion to send the browser back. Times are the database's. A state of one kind is none of the other. */
export interface ConnectAttempts {
  /** Opens an attempt for ten minutes. One person can have a few at once (tabs); the oldest beyond that are dropped. */
  open(attempt: NewAttempt): Promise<void>;
  /** What a state is or was for, for as long as it is remembered. Claims nothing. */
  target(kind: ConsentKind, stateHash: Buffer): Promise<Target | null>;
  /** Uses a state up: of many who try at once exactly one gets the target. Null leaves the attempt as it was. */
  claim(kind: ConnectionKind, stateHash: Buffer, holder: AttemptHolder): Promise<Claimed | null>;
  /**
   * What became of an attempt whose state is spent, for the person and the session that it belonged to. Null for everybody
   * else, and when it is forgotten.
   */
  ending(kind: ConsentKind, stateHash: Buffer, holder: AttemptHolder): Promise<AttemptEnding | null>;
  /** Ends a claimed attempt that came to nothing, and remembers why: its client is free for the next one. */
  drop(stateHash: Buffer, problem: ConnectProblem): Promise<void>;
  /** Deletes attempts that nobody can go on with, and what became of those before. */
  purge(): Promise<void>;
}
