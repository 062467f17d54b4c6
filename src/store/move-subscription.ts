import type { Transaction } from 'kysely';
import type { SubscriptionId } from '../domain/ids.ts';
import { type SubscriptionEvent, subscriptionStates } from '../domain/subscription-states.ts';
import type { Schema } from './schema.ts';

/** Moves a webhook subscription along its table of states. If the state does not allow the event, it updates no row. */
export function moveSubscription(tx: Transaction<Schema>, id: SubscriptionId, event: SubscriptionEvent) {
  return tx
    .updateTable('webhook_subscription')
    .set({ state: subscriptionStates.transitions[event].to })
    .where('id', '=', id)
    .where('state', 'in', subscriptionStates.statesBefore(event));
}
