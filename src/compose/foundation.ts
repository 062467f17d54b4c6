import type { AuditRow } from '../audit/audit-log.ts';
import type { Config, NotionConfig } from '../config/config.ts';
import type { StepDeadlines } from '../connect/connect-parts.ts';
import type { ProgramLog } from '../domain/program-log.ts';
import type { Now } from '../domain/units.ts';
import type { Prometheus } from '../doors/health/prometheus.ts';
import type { Store } from '../store/open-store.ts';
import type { Stores } from '../store/stores.ts';
import type { RootParts } from './root-keys.ts';

/** The configuration that Portcullis runs with, once the addresses of Notion and of the gateway are known. */
export interface SettledConfig extends Config {
  readonly notion: NotionConfig;
  /** Without a trailing slash. */
  readonly publicUrl: string;
}

/** The parts that a caller may replace. */
export interface Overrides {
  /** Writes what operators should know. Without it, nothing is written. */
  readonly log?: ProgramLog;
  /** The time: of entries in the log, of sessions, keys and links. */
  readonly now?: Now;
  /** Milliseconds that only ever grow. */
  readonly monotonicMs?: () => number;
  /** A database that is open already; it is closed with everything else. */
  readonly store?: Store;
  /** Is given entries of the log once they are durable: a copy, never the log. It must not throw. */
  readonly onAudit?: (rows: readonly AuditRow[]) => void;
  /**
   * Whether Portcullis looks after tokens, jobs and old attempts by itself from time to time; true by default. If
   * false, this happens only when `upkeep` is called, for example in another process than the one that answers calls.
   */
  readonly background?: boolean;
  /** How long a step of connecting may take. */
  readonly deadlines?: StepDeadlines;
  /** How many entries of the log one request looks at: a search goes on from there with the next. */
  readonly auditLookAt?: number;
}

/** What every part of the composition is given. */
export interface Foundation extends RootParts {
  readonly config: SettledConfig;
  readonly log: ProgramLog;
  readonly now: Now;
  readonly monotonicMs: () => number;
  readonly store: Store;
  readonly stores: Stores;
  readonly onAudit: ((rows: readonly AuditRow[]) => void) | undefined;
  readonly background: boolean;
  readonly deadlines: StepDeadlines;
  readonly prometheus: Prometheus;
  readonly publicUrl: string;
  /** Whether `close` has been called. */
  readonly stopping: () => boolean;
  /** Called in reverse order at the end. */
  readonly closers: (() => Promise<unknown>)[];
}
