/** How an event moves a thing from one state to another. */
interface Transition<State extends string> {
  readonly from: readonly State[];
  readonly to: State;
}

/**
 * The life of a thing as a table: its events, the states in which each event counts, and the state that follows. An
 * event that does not list a state changes nothing in that state. Written as `stateTable<State>()({…})`, so that
 * TypeScript keeps the names of the events.
 */
export function stateTable<State extends string>() {
  return <const Table extends Record<string, Transition<State>>>(transitions: Table) => ({
    transitions,
    /** The states in which an event counts: for the `WHERE` of the update that carries it out. */
    statesBefore: (event: keyof Table): readonly State[] => row<State, Table>(transitions, event).from,
    /** The state after an event; null if the event changes nothing. */
    stateAfter(state: State, event: keyof Table): State | null {
      const { from, to } = row<State, Table>(transitions, event);
      return from.includes(state) ? to : null;
    },
  });
}

function row<State extends string, Table extends Record<string, Transition<State>>>(
  transitions: Table,
  event: keyof Table,
): Transition<State> {
  return transitions[event] as Transition<State>;
}
