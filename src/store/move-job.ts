import type { Kysely, Transaction } from 'kysely';
import { type JobEvent, jobStates } from '../domain/job-states.ts';
import type { Schema } from './schema.ts';

/** Moves jobs along the table of `jobStates`. If the state does not allow the event, it updates no row. */
export function moveJob(queries: Kysely<Schema> | Transaction<Schema>, event: JobEvent) {
  return queries
    .updateTable('job')
    .set({ state: jobStates.transitions[event].to })
    .where('state', 'in', jobStates.statesBefore(event));
}
