import type { SinkState } from './sink.ts';
import { stateTable } from './state-table.ts';

/** The life of a sink, all of it. */
export const sinkStates = stateTable<SinkState>()({
  /** It acknowledged entries. */
  delivered: { from: ['active', 'retrying', 'blocked'], to: 'active' },
  /** It could not be reached, or was busy: trouble that passes by itself. */
  failed: { from: ['active', 'retrying', 'blocked'], to: 'retrying' },
  /** It will not take anything until a person has done something: its database is gone, its secret does not open. */
  needs_person: { from: ['active', 'retrying', 'blocked'], to: 'blocked' },
  /** An admin stopped it. */
  paused: { from: ['active', 'retrying', 'blocked'], to: 'paused' },
  /** An admin started it again, or does not want to wait for the next attempt. */
  resumed: { from: ['paused', 'retrying', 'blocked'], to: 'active' },
});

export type SinkEvent = keyof typeof sinkStates.transitions;
