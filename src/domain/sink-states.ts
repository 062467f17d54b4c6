import type { SinkState } from './sink.ts';
import { stateTable } from './state-table.ts';

/** The whole life of a sink. */
export const sinkStates = stateTable<SinkState>()({
  /** The sink acknowledged entries. */
  delivered: { from: ['active', 'retrying', 'blocked'], to: 'active' },
  /** The sink could not be reached, or was busy: trouble that passes by itself. */
  failed: { from: ['active', 'retrying', 'blocked'], to: 'retrying' },
  /** The sink accepts nothing until a person has acted: its database is gone, or its secret does not open. */
  needs_person: { from: ['active', 'retrying', 'blocked'], to: 'blocked' },
  /** An admin stopped it. */
  paused: { from: ['active', 'retrying', 'blocked'], to: 'paused' },
  /** An admin started it again, or wants the next attempt now. */
  resumed: { from: ['paused', 'retrying', 'blocked'], to: 'active' },
});

export type SinkEvent = keyof typeof sinkStates.transitions;
