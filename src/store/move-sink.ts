import type { Transaction } from 'kysely';
import type { SinkId } from '../domain/ids.ts';
import { type SinkEvent, sinkStates } from '../domain/sink-states.ts';
import type { Schema } from './schema.ts';

/** Moves a sink along its table of states. If the state does not allow the event, it updates no row. */
export function moveSink(tx: Pick<Transaction<Schema>, 'updateTable'>, id: SinkId, event: SinkEvent) {
  return tx
    .updateTable('sink')
    .set({ state: sinkStates.transitions[event].to })
    .where('id', '=', id)
    .where('state', 'in', sinkStates.statesBefore(event));
}
