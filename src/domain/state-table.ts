/** What moves a thing from one state to another. */
interface Transition<State extends string> {
  readonly from: readonly State[];
  readonly to: State;
}

/**
 * A life as a table: which events there are, in which states each one means something, and where it leads. An event that is
 * not listed for a state changes nothing there. Written as `stateTable<State>()({…})`, so that the events keep their names.
 */
export function stateTable<State extends string>() {
  return <const Table extends Record<string, Transition<State>>>(transitions: Table) => ({
    transitions,
    /** The states in which an event means something: for the `WHERE` of the update that carries it out. */
    statesBefore: (event: keyof Table): readonly State[] => row<State, Table>(transitions, event).from,
    /** Where an event leads from a state; null where it changes nothing. */
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
