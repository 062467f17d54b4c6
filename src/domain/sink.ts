import type { EventId, SinkId, WorkspaceId } from './ids.ts';

/** The log that a sink gets entries of: a workspace's, or (null) the deployment's. */
export type SinkOwner = WorkspaceId | null;

export const sinkKinds = ['webhook', 'notion', 'syslog', 'file', 'stdout', 'alerts'] as const;
export type SinkKind = (typeof sinkKinds)[number];

/**
 * How a sink is doing.
 *
 * active: it accepts entries. retrying: the last attempt failed, and another one follows. blocked: the last attempt
 * failed, and a person has to act before another can succeed. paused: an admin stopped it; new entries wait.
 */
export type SinkState = 'active' | 'retrying' | 'blocked' | 'paused';

/** A sink as admins see it, without its secret. */
export interface SinkSummary {
  readonly id: SinkId;
  readonly kind: SinkKind;
  readonly name: string;
  /** `settings`: the sink comes from the deployment's settings, and the API cannot change it. */
  readonly origin: 'api' | 'settings';
  readonly settings: Readonly<Record<string, unknown>>;
  readonly state: SinkState;
  /** Why the last attempt failed: one of our codes. */
  readonly problem: string | null;
  /** The index of the first log entry that it has not acknowledged. */
  readonly cursor: number;
  /** The number of entries that it has not acknowledged. */
  readonly lag: number;
  readonly deadLetters: number;
  readonly createdAt: Date;
  readonly deliveredAt: Date | null;
  /** The time of the next attempt; null unless an attempt has failed. */
  readonly nextAt: Date | null;
}

/** An entry that a receiver refused because of its content. The log still has it. */
export interface DeadLetter {
  readonly index: number;
  readonly entry: EventId;
  readonly problem: string;
  readonly at: Date;
}

/** A sink that the settings of the deployment ask for. `name` is that of the setting. */
export interface SinkBySettings {
  readonly name: string;
  readonly kind: SinkKind;
  readonly settings: Readonly<Record<string, unknown>>;
}
