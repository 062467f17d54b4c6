import type { ConnectionPlace, SealedToken } from '../../domain/connection.ts';
import type { RecordedEvent } from '../../domain/event.ts';
import type { AttemptId, ConnectionId, RegistrationId } from '../../domain/ids.ts';
import type { Said, Stored } from '../../domain/token-outcomes.ts';

/** What fences an attempt to refresh: the generation whose refresh token it spends, and an id of its own. */
export interface Fence extends ConnectionPlace {
  readonly attemptId: AttemptId;
  readonly generation: number;
}

/** One attempt to refresh, which has the lease. */
export interface RefreshAttempt extends Fence {
  /** What the new tokens are sealed for. No other attempt and no consent ever gets the same number. */
  readonly nextGeneration: number;
  /** By the database's clock. */
  readonly startedAt: Date;
  /** The client of ours whose grant is renewed; null where there is only one. */
  readonly registrationId: RegistrationId | null;
}

/** New tokens, sealed into their place. */
export interface NewTokens {
  readonly tokens: readonly SealedToken[];
  /** When the access token ends, by the database's clock; null where nobody says. */
  readonly endsAt: Date | null;
}

/**
 * What became of new tokens. `revoking`: the connection is disconnected or gone, or stands on another client by now; only we
 * would ever revoke these tokens. `undecided`: keep them, and ask again.
 */
export type Completion = Extract<Stored, 'in_use' | 'overtaken' | 'revoking' | 'undecided'>;

export interface Postponement {
  /** A code of our own. */
  readonly problem: string;
  /** After `unclear` the refresh token may be spent, for all we know. */
  readonly said: Extract<Said, 'turned_away' | 'unclear' | 'misconfigured' | 'app_refused'>;
  readonly retryAfterMs: number;
  /** What an operator has to mend first: it stands on the connection until a refresh succeeds. Null: nothing. */
  readonly fault: string | null;
}

/**
 * The shared side of the protocol. Each method is one durable commit that contains its entry in the log: when the store
 * cannot be written, nothing of it has happened. Every change compares the attempt before it sets anything.
 */
export interface TokenRefreshes {
  /** Takes the lease. Null: there is nothing to begin with; look again. */
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
  /** The lease of this attempt has run out: gives its owner `graceMs` to bring what it got. */
  doubt(fence: Fence, graceMs: number, entry: RecordedEvent): Promise<boolean>;
  /** Lets every lease and every wait run out. Only for a database that nobody else can be using. */
  endLeases(): Promise<void>;
}

/** What is due on any connection of any workspace. Who is told of one has it; others are told of it later. */
export interface RefreshCalendar {
  /**
   * Connections whose lease has run out, or whose access token ends within this and was used, or ended so long ago that the
   * grant would end too if nobody refreshed. In the order of their ids, from behind `after`.
   */
  ending(withinMs: number, limit: number, after: ConnectionId | null): Promise<ConnectionPlace[]>;
  /**
   * Connections that were not looked after for an hour, give or take, or for a day where nobody uses them. Each is named to
   * one process only.
   */
  unchecked(limit: number): Promise<ConnectionPlace[]>;
}
