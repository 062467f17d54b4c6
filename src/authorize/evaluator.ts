import type { Action } from '../domain/action.ts';
import type { Evaluator } from '../domain/evaluator.ts';
import { actionsOfBuiltInRole } from './roles.ts';

/** Rights by role, within the limit of a key (rule 11). */
export const evaluator: Evaluator = {
  ofRole,
  held({ role, ceiling }) {
    const byRole = ofRole(role);
    return ceiling === null ? byRole : byRole.intersection(ceiling);
  },
  may({ role, ceiling }, action) {
    return ofRole(role).has(action) && (ceiling === null || ceiling.has(action));
  },
};

const nothing: ReadonlySet<Action> = new Set();

function ofRole(role: string | null): ReadonlySet<Action> {
  return (role !== null && actionsOfBuiltInRole(role)) || nothing;
}
