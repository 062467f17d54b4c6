import { secondMs } from '../domain/units.ts';

/** The time that one step of a person may take at other servers, for all its requests together. */
export interface StepDeadlines {
  readonly startMs: number;
  readonly finishMs: number;
}

/** Within 10 s a person is on the way to Notion, and 15 s after the way back there is a page: the rest is for our own work. */
export const stepDeadlines: StepDeadlines = { startMs: 9 * secondMs, finishMs: 14 * secondMs };
