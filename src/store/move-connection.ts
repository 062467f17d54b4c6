import { type RawBuilder, sql, type Transaction } from 'kysely';
import { type ConnectionEvent, connectionStates } from '../domain/connection-states.ts';
import type { ConnectionId } from '../domain/ids.ts';
import type { Schema } from './schema.ts';

/**
 * Moves a connection along the table of connectionStates.transitions, where the event means something in its state; elsewhere it updates
 * no row. A status is set here and nowhere else: `test/tidy.test.ts` looks.
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
