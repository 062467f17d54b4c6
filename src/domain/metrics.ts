import type { ConnectionKind } from './connection.ts';
import type { Door } from './door.ts';
import type { RefreshAnswer, Stored } from './token-outcomes.ts';

/**
 * What parts tell whoever watches the gateway. Each method counts one thing that happened, costs microseconds, and
 * never throws. Whatever is named here ends up where more people look than in the log: so no id of a page, no title,
 * no workspace and no principal, only values from short, closed lists.
 */
export interface Metrics {
  /** A call has ended, however it ended. */
  called(call: CallEnd): void;
  /** A call that was decided was sent to Notion, and Notion answered with this status after this long. */
  answered(answer: { readonly operation: string; readonly status: number; readonly seconds: number }): void;
  /** One flush of the audit log: its rows, and how long the commit took. */
  auditFlushed(flush: { readonly rows: number; readonly seconds: number; readonly durable: boolean }): void;
  /** An attempt to refresh a token has ended. */
  refreshed(kind: ConnectionKind, outcome: RefreshCount): void;
  /** A lease was asked for while somebody else held it. */
  leaseContended(lease: 'refresh' | 'budget'): void;
  /** A spool that an earlier process left behind was looked at. */
  spoolReplayed(outcome: Extract<Stored, 'in_use' | 'overtaken' | 'revoking'> | 'unreadable'): void;
  /** A sealed value could not be opened with the key that it names. */
  decryptFailed(kid: string): void;
  /** A call had to wait for its share of Notion's rate limits, and then was let through or refused. */
  budgetWaited(wait: { readonly outcome: 'passed' | 'refused'; readonly seconds: number }): void;
  /** The owner's system was to be told something. `given_up`: it never will be. */
  noticeTried(outcome: 'delivered' | 'postponed' | 'given_up'): void;
  /** Notion itself answered 429. */
  rateLimited(scope: RateLimitScope): void;
}

export interface CallEnd {
  readonly door: Door;
  /** Name of a row of the operation table, or of a command of Portcullis's own. */
  readonly operation: string;
  /** What was decided; `none` when the call failed before a decision was durable. */
  readonly effect: 'allow' | 'deny' | 'none';
  /** `ok`, or the code of the error. */
  readonly result: string;
  readonly seconds: number;
}

/** What the server said, where it was stored; `overtaken` where the connection had moved on. */
export type RefreshCount = RefreshAnswer['said'] | Extract<Stored, 'overtaken'>;

/** Whose limit it is: one connection's, the whole workspace's, one endpoint's; `blocked` is not to be retried at all. */
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
