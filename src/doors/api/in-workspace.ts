import { z } from 'zod';
import { PortcullisError } from '../../domain/errors.ts';
import { isId, type WorkspaceId } from '../../domain/ids.ts';
import type { CommandContext } from '../../domain/operation.ts';

/**
 * The workspace that a call was decided in. If a row needs a workspace and the request names none, the decision has
 * refused it already.
 */
export function workspaceOf({ workspaceId }: CommandContext): WorkspaceId {
  if (workspaceId === null) throw new PortcullisError('not_found', 'There is no such workspace.');
  return workspaceId;
}

/** `?workspace=` of a route that is decided in a workspace which its path does not name. */
export const workspaceParameter = z
  .custom<WorkspaceId>(value => isId('wsp', value), 'Expected the id of a workspace.')
  .optional()
  .describe('The workspace; a key needs none, since it is bound to one.');
