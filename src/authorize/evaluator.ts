import type { Evaluator } from '../domain/evaluator.ts';
import { actionsOfRole } from './roles.ts';

/** Rights by role, within the limit of a key (rule 11). The one place where a role turns into actions. */
export const evaluator: Evaluator = {
  ofRole: actionsOfRole,
  held({ role, ceiling }) {
    const byRole = actionsOfRole(role);
    return ceiling === null ? byRole : byRole.intersection(ceiling);
  },
  may({ role, ceiling }, action) {
    return actionsOfRole(role).has(action) && (ceiling === null || ceiling.has(action));
  },
};
