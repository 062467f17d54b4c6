import type { ConnectionPlace, SealedToken } from '../../domain/connection.ts';
import type { RecordedEvent } from '../../domain/event.ts';
import type { AttemptId, ConnectionId, RegistrationId } from '../../domain/ids.ts';
import type { Said, Stored } from '../../domain/token-outcomes.ts';

/** Identifies an attempt to refresh: the generation whose refresh token it spends, and an id of its own. */
export interface Fence extends ConnectionPlace {
  readonly attemptId: AttemptId;
  readonly generation: number;
}

/** One attempt to refresh, which has the lease. */
export interface RefreshAttempt extends Fence {
  /** The generation of the new tokens. No other attempt and no consent ever gets the same number. */
  readonly nextGeneration: number;
  /** By the database's clock. */
  readonly startedAt: Date;
  /** Our client whose grant is renewed; null if there is only one client. */
  readonly registrationId: RegistrationId | null;
}

/** New tokens, sealed into their place. */
export interface NewTokens {
  readonly tokens: readonly SealedToken[];
  /** When the access token ends, by the database's clock; null if the end is not known. */
  readonly endsAt: Date | null;
}

/**
 * How new tokens were stored. `revoking`: the connection is disconnected or gone, or uses another client now. Only we
 * can revoke these tokens, so a job does it. `undecided`: keep the tokens, and ask again.
 */
export type Completion = Extract<Stored, 'in_use' | 'overtaken' | 'revoking' | 'undecided'>;

export interface Postponement {
  /** A code of our own. */
  readonly problem: string;
  /** After `unclear` the refresh token may be spent, for all we know. */
  readonly said: Extract<Said, 'turned_away' | 'unclear' | 'misconfigured' | 'app_refused'>;
  readonly retryAfterMs: number;
  /** What an operator has to correct first. It is shown on the connection until a refresh succeeds. Null: nothing. */
  readonly fault: string | null;
}

/**
 * The shared side of the protocol. Each method is one durable commit that includes its log entry. If the store cannot
 * be written, nothing has changed. Every change first compares the attempt.
 */
export interface TokenRefreshes {
  /** Takes the lease. Null: the connection is not as expected; read it again. */
  begin(fence: Fence, leaseMs: number, entry: RecordedEvent): Promise<RefreshAttempt | null>;
  complete(attempt: RefreshAttempt, made: NewTokens, entry: RecordedEvent): Promise<Completion>;
  /** Gives the lease back. The old tokens stay in use. False: it was not this attempt's any more. */
  postpone(fence: Fence, why: Postponement, entry: RecordedEvent): Promise<boolean>;
  /** Ends the connection until a person does something. True once. */
  refuse(
    fence: Fence,
    verdict: { event: 'grant_refused' | 'client_refused'; reason: string },
    entries: readonly RecordedEvent[],
  ): Promise<boolean>;
  /** The lease of this attempt has run out: gives its holder `graceMs` to store its answer. */
  doubt(fence: Fence, graceMs: number, entry: RecordedEvent): Promise<boolean>;
  /** Ends every lease and every wait. Only for a database that no other process can be using. */
  endLeases(): Promise<void>;
}

/**
 * The connections of all workspaces that are due. One process gets each; the other processes get it at a later time.
 */
export interface RefreshCalendar {
  /**
   * Connections that need a refresh, in order of id, after the id `after`. Either the lease has run out, or the access
   * token was used and ends within this time, or it ended so long ago that without a refresh the grant would end too.
   */
  ending(withinMs: number, limit: number, after: ConnectionId | null): Promise<ConnectionPlace[]>;
  /**
   * Connections that were not checked for about an hour, or for a day if they are not used. Only one process gets each.
   */
  unchecked(limit: number): Promise<ConnectionPlace[]>;
}
