import type { ConnectionKind, ConnectionPlace } from '../../domain/connection.ts';
import type { RegistrationId } from '../../domain/ids.ts';
import type { Metrics } from '../../domain/metrics.ts';
import type { Secret } from '../../domain/secret.ts';
import type { DiscardedTokens, RefreshAnswer } from '../../domain/token-outcomes.ts';
import { minuteMs, secondMs } from '../../domain/units.ts';
import type { StoredConnections } from '../stored-connections.ts';
import type { TokenSeal } from '../token-seal.ts';
import type { Spool } from './spool.ts';
import type { RefreshCalendar, TokenRefreshes } from './token-refreshes.ts';

export interface RefreshTimings {
  /** How long one attempt has the connection to itself. */
  readonly leaseMs: number;
  /** Most time for the exchange. Shorter than the lease by what storing the answer may take. */
  readonly exchangeMs: number;
  /** Most time for a look into the spool, or for writing into it. */
  readonly spoolMs: number;
  /** After a lease ran out: the time that its holder still has to store its answer. */
  readonly graceMs: number;
  /** How long a call waits for the refresh of another process. */
  readonly waitMs: number;
}

export const refreshTimings: RefreshTimings = {
  leaseMs: minuteMs,
  exchangeMs: 20 * secondMs,
  spoolMs: 5 * secondMs,
  graceMs: minuteMs / 2,
  waitMs: 25 * secondMs,
};

/** What refreshing needs. */
export interface RefreshParts {
  readonly connections: StoredConnections;
  readonly refreshes: TokenRefreshes & RefreshCalendar;
  readonly seal: Pick<TokenSeal, 'open' | 'forWorkspace'>;
  readonly spool: Spool;
  readonly exchange: RefreshExchange;
  /** Has tokens revoked at Notion that no connection will hold (rule 21). Durable when it resolves. */
  readonly discard: (tokens: DiscardedTokens) => Promise<unknown>;
  readonly metrics: Pick<Metrics, 'refreshed' | 'leaseContended' | 'spoolReplayed' | 'decryptFailed'>;
  /** Called with trouble that is dealt with later. */
  readonly onTrouble: (error: unknown) => void;
  readonly timings: RefreshTimings;
  readonly failPoint: FailPoint;
}

export interface RefreshableConnection extends ConnectionPlace {
  readonly kind: ConnectionKind;
  readonly origin: string;
  readonly botId: string;
  readonly registrationId: RegistrationId | null;
}

/**
 * Spends a refresh token: sends one request, once, and reads the answer. If it throws, the token may or may not be
 * spent. An answer after `signal` aborts is lost.
 */
export interface RefreshExchange {
  refresh(connection: RefreshableConnection, refreshToken: Secret, signal: AbortSignal): Promise<RefreshAnswer>;
}

/** The moments of the protocol at which a process may die, in order. Between `leased` and `answered` the grant is spent. */
export const failPoints = ['idle', 'leased', 'answered', 'spooled', 'applied', 'cleared'] as const;
export type FailPointName = (typeof failPoints)[number];

/** Called at each of those moments. Tests end the process there; a gateway passes through. */
export type FailPoint = (name: FailPointName) => Promise<void> | void;

export const passThrough: FailPoint = () => {};
