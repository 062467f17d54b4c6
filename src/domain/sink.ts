import type { EventId, SinkId, WorkspaceId } from './ids.ts';

/** Whose log a sink is fed from: a workspace's, or (null) the deployment's. */
export type SinkOwner = WorkspaceId | null;

export const sinkKinds = ['webhook', 'stdout'] as const;
export type SinkKind = (typeof sinkKinds)[number];

/**
 * How a sink is doing.
 *
 * active: it takes what it is given. retrying: the last attempt came to nothing, and another one follows. blocked: the same,
 * and a person has to do something before it can get better. paused: an admin stopped it; what is written meanwhile waits.
 */
export type SinkState = 'active' | 'retrying' | 'blocked' | 'paused';

/** A sink as admins see it: without its secret. */
export interface SinkSummary {
  readonly id: SinkId;
  readonly kind: SinkKind;
  readonly name: string;
  /** `settings`: the deployment's settings ask for it, and the API cannot change it. */
  readonly origin: 'api' | 'settings';
  readonly settings: Readonly<Record<string, unknown>>;
  readonly state: SinkState;
  /** What the last attempt came to nothing for: a code of ours. */
  readonly problem: string | null;
  /** The index of the first entry of the log that it has not acknowledged. */
  readonly cursor: number;
  /** Entries that it has not acknowledged. */
  readonly lag: number;
  readonly deadLetters: number;
  readonly createdAt: Date;
  readonly deliveredAt: Date | null;
  /** When it is tried again; null unless an attempt has failed. */
  readonly nextAt: Date | null;
}

/** An entry that a receiver refused for what it is. The log still has it. */
export interface DeadLetter {
  readonly index: number;
  readonly entry: EventId;
  readonly problem: string;
  readonly at: Date;
}
