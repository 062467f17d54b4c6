import type { ConnectionKind } from './connection.ts';
import type { Door } from './door.ts';
import type { RefreshAnswer, Stored } from './token-outcomes.ts';

/**
 * Counts what happens, for the people who watch the gateway. Each method counts one thing, costs microseconds, and
 * never throws. More people see metrics than see the log. So they have no page ids, titles, workspaces or principals,
 * only values from short, closed lists.
 */
export interface Metrics {
  /** A call has ended, in whatever way. */
  called(call: CallEnd): void;
  /** Notion answered an allowed call with this status, after this time. */
  answered(answer: { readonly operation: string; readonly status: number; readonly seconds: number }): void;
  /** One flush of the audit log: its rows, and how long the commit took. */
  auditFlushed(flush: { readonly rows: number; readonly seconds: number; readonly durable: boolean }): void;
  /** An attempt to refresh a token has ended. */
  refreshed(kind: ConnectionKind, outcome: RefreshCount): void;
  /** A process asked for a lease that another one held. */
  leaseContended(lease: 'refresh' | 'budget'): void;
  /** The spool of an earlier process was looked at. */
  spoolReplayed(outcome: Extract<Stored, 'in_use' | 'overtaken' | 'revoking'> | 'unreadable'): void;
  /** A sealed value could not be opened with the key that it names. */
  decryptFailed(kid: string): void;
  /** A call had to wait for its share of Notion's rate limits, and was then let through or refused. */
  budgetWaited(wait: { readonly outcome: 'passed' | 'refused'; readonly seconds: number }): void;
  /** An attempt to send a notice to the owner's system has ended. `given_up`: it will not be sent again. */
  noticeTried(outcome: 'delivered' | 'postponed' | 'given_up'): void;
  /** Notion itself answered 429. */
  rateLimited(scope: RateLimitScope): void;
}

export interface CallEnd {
  readonly door: Door;
  /** Name of a row of the operation table, or of a command of Portcullis itself. */
  readonly operation: string;
  /** The decision; `none` if the call failed before a decision was durable. */
  readonly effect: 'allow' | 'deny' | 'none';
  /** `ok`, or the code of the error. */
  readonly result: string;
  readonly seconds: number;
}

/** What the server said, if it was stored; `overtaken` if the connection had changed meanwhile. */
export type RefreshCount = RefreshAnswer['said'] | Extract<Stored, 'overtaken'>;

/**
 * The limit belongs to one connection, the whole workspace, or one endpoint. `blocked`: the call must not be repeated
 * at all.
 */
export type RateLimitScope = 'connection' | 'workspace' | 'endpoint' | 'blocked';

const nothing = () => {};

/** Counts nothing. */
export const noMetrics: Metrics = Object.freeze({
  called: nothing,
  answered: nothing,
  auditFlushed: nothing,
  refreshed: nothing,
  leaseContended: nothing,
  spoolReplayed: nothing,
  decryptFailed: nothing,
  budgetWaited: nothing,
  noticeTried: nothing,
  rateLimited: nothing,
});
