import type { Kysely, Transaction } from 'kysely';
import { type AttemptEnd, type AttemptEvent, attemptStates } from '../domain/attempt-states.ts';
import type { Schema } from './schema.ts';

type Queries = Kysely<Schema> | Transaction<Schema>;

/** Moves attempts along the table of `attemptStates`. If the state does not allow the event, it updates no row. */
export function moveAttempt(queries: Queries, event: Exclude<AttemptEvent, AttemptEnd>) {
  return queries
    .updateTable('connect_attempt')
    .set({ state: attemptStates.transitions[event].to })
    .where('state', 'in', attemptStates.statesBefore(event));
}

/** Ends attempts, which deletes their rows. If the state does not allow the event, it deletes no row. */
export function endAttempt(queries: Queries, event: AttemptEnd) {
  return queries.deleteFrom('connect_attempt').where('state', 'in', attemptStates.statesBefore(event));
}
