import { PortcullisError } from '../../domain/errors.ts';
import type { WorkspaceId } from '../../domain/ids.ts';
import type { CommandContext } from '../../domain/operation.ts';

/**
 * The workspace that a call was decided in. If a row needs a workspace and the request names none, the decision has
 * refused it already.
 */
export function workspaceOf({ workspaceId }: CommandContext): WorkspaceId {
  if (workspaceId === null) throw new PortcullisError('not_found', 'There is no such workspace.');
  return workspaceId;
}
