import { sql, type Transaction } from 'kysely';
import { rootKeyStates, workspaceKeyStates } from '../../domain/key-states.ts';
import type { Schema } from '../schema.ts';

/** Moves workspace keys along their table of states: all those in which the event means something, but for further conditions. */
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
