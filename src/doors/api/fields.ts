import { z } from 'zod';
import { deploymentRights } from '../../accounts/author.ts';
import { actions } from '../../domain/action.ts';
import { type Id, type IdPrefix, isId, type PrincipalId } from '../../domain/ids.ts';
import { builtInRoles } from '../../domain/role.ts';

/** An id of one kind, in its canonical spelling. */
export function idOf<P extends IdPrefix>(prefix: P) {
  return z.custom<Id<P>>(value => isId(prefix, value), `Expected an id that starts with ${prefix}_`);
}

export const principalId = z.custom<PrincipalId>(
  value => isId('usr', value) || isId('agt', value),
  'Expected the id of a user or an agent',
);

/** One line that people gave to something. Control characters could make it look like something else in a terminal. */
export const displayName = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^\P{Cc}*$/u, 'Expected no control characters');

export const email = z.email().max(254);
export const role = z.enum(builtInRoles);
export const action = z.enum(actions);
export const deploymentRight = z.enum(deploymentRights);
