import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import { type AttemptEnd, type AttemptEvent, attemptStates } from '../domain/attempt-states.ts';
import { type ConnectionEvent, connectionStates } from '../domain/connection-states.ts';
import type { ConnectionId, SinkId, SubscriptionId } from '../domain/ids.ts';
import { type JobEvent, jobStates } from '../domain/job-states.ts';
import { rootKeyStates, workspaceKeyStates } from '../domain/key-states.ts';
import { type SinkEvent, sinkStates } from '../domain/sink-states.ts';
import { type SubscriptionEvent, subscriptionStates } from '../domain/subscription-states.ts';
import type { Schema } from './schema.ts';

/**
 * Moves a connection along the table of connectionStates.transitions. If its state does not allow the event, it updates
 * no row. The status is set here and nowhere else: `test/tidy.test.ts` checks that.
 */
export function moveConnection(
  tx: Transaction<Schema>,
  connectionId: ConnectionId,
  event: ConnectionEvent,
  clock: RawBuilder<Date> = sql<Date>`now()`,
) {
  return tx
    .updateTable('connection')
    .set({ status: connectionStates.transitions[event].to, status_changed_at: clock })
    .where('id', '=', connectionId)
    .where('status', 'in', connectionStates.statesBefore(event));
}

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

/** Moves jobs along the table of `jobStates`. If the state does not allow the event, it updates no row. */
export function moveJob(queries: Kysely<Schema> | Transaction<Schema>, event: JobEvent) {
  return queries
    .updateTable('job')
    .set({ state: jobStates.transitions[event].to })
    .where('state', 'in', jobStates.statesBefore(event));
}

/** Moves a sink along its table of states. If the state does not allow the event, it updates no row. */
export function moveSink(tx: Pick<Transaction<Schema>, 'updateTable'>, id: SinkId, event: SinkEvent) {
  return tx
    .updateTable('sink')
    .set({ state: sinkStates.transitions[event].to })
    .where('id', '=', id)
    .where('state', 'in', sinkStates.statesBefore(event));
}

/** Moves a webhook subscription along its table of states. If the state does not allow the event, it updates no row. */
export function moveSubscription(tx: Transaction<Schema>, id: SubscriptionId, event: SubscriptionEvent) {
  return tx
    .updateTable('webhook_subscription')
    .set({ state: subscriptionStates.transitions[event].to })
    .where('id', '=', id)
    .where('state', 'in', subscriptionStates.statesBefore(event));
}

/** Moves workspace keys along their table of states: all keys whose state allows the event, with further conditions. */
export function moveWorkspaceKeys(tx: Transaction<Schema>, event: keyof typeof workspaceKeyStates.transitions) {
  return tx
    .updateTable('workspace_key')
    .set({ state: workspaceKeyStates.transitions[event].to })
    .where('state', 'in', workspaceKeyStates.statesBefore(event));
}

/** The same for root keys. */
export function moveRootKeys(tx: Transaction<Schema>, event: keyof typeof rootKeyStates.transitions) {
  return tx
    .updateTable('root_key')
    .set({ state: rootKeyStates.transitions[event].to, state_changed_at: sql<Date>`now()` })
    .where('state', 'in', rootKeyStates.statesBefore(event));
}
