import { stateTable } from './state-table.ts';

/**
 * `waiting`: until it is due. `running`: a process has it until it is due again; one that died is followed by another.
 * `done`: nothing is left of it but that it was there.
 */
export type JobState = 'waiting' | 'running' | 'done';

/** The life of a job. It begins as `waiting`. */
export const jobStates = stateTable<JobState>()({
  /** It is due, and a process takes it. */
  claimed: { from: ['waiting', 'running'], to: 'running' },
  /** The attempt did not succeed. */
  postponed: { from: ['running'], to: 'waiting' },
  /** It is done. The attempt may have taken so long that the job was due again. */
  finished: { from: ['waiting', 'running'], to: 'done' },
});

export type JobEvent = keyof typeof jobStates.transitions;
