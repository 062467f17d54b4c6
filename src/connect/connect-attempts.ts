import type { UserId, WorkspaceId } from '../domain/ids.ts';

/** The browser session and the person that an attempt belongs to. Nobody else can go on with it. */
export interface Holder {
  /** 32 bytes. */
  readonly sessionHash: Buffer;
  readonly userId: UserId;
}

/** What an attempt is for (rule 1): one workspace that is connected already, or (null) a new one. */
export interface Target {
  readonly workspaceId: WorkspaceId | null;
}

export interface NewAttempt extends Holder, Target {
  readonly stateHash: Buffer;
  readonly redirectUri: string;
}

/** Attempts that wait for Notion to send the browser back. Times are the database's. */
export interface ConnectAttempts {
  /** Opens an attempt for ten minutes. One person can have a few at once (tabs); the oldest beyond that are dropped. */
  open(attempt: NewAttempt): Promise<void>;
  /** What a state is for, if it could still be claimed. Claims nothing. */
  target(stateHash: Buffer): Promise<Target | null>;
  /** Uses a state up: of many who try at once exactly one gets the target. Null leaves the attempt as it was. */
  claim(stateHash: Buffer, holder: Holder): Promise<Target | null>;
  /** Deletes attempts that nobody can go on with. */
  purge(): Promise<void>;
}
