import { type Action, actions } from '../domain/action.ts';

/** A set of actions as bits, in the order of the list of actions. The evaluator counts in these. */
export type ActionMask = number;

const bits: ReadonlyMap<string, number> = new Map(actions.map((action, index) => [action, 1 << index]));

/** 0 for a text that is no action: no mask contains it, so nothing allows it. */
export function bitOf(action: Action): ActionMask {
  return bits.get(action) ?? 0;
}

export function maskOf(set: Iterable<Action>): ActionMask {
  let mask = 0;
  for (const action of set) mask |= bitOf(action);
  return mask;
}

/** In the order of the list of actions. */
export function actionsOfMask(mask: ActionMask): Action[] {
  return actions.filter(action => (mask & bitOf(action)) !== 0);
}
