import { z } from 'zod';
import { isId, type WorkspaceId } from '../../domain/ids.ts';

/** `?workspace=` of a route that is decided in a workspace which its path does not name. */
export const workspaceParameter = z
  .custom<WorkspaceId>(value => isId('wsp', value), 'Expected the id of a workspace.')
  .optional()
  .describe('The workspace; a key needs none, since it is bound to one.');
