import { PortcullisError } from '../../domain/errors.ts';
import type { WorkspaceId } from '../../domain/ids.ts';
import type { CommandContext } from '../../domain/operation.ts';

/** The workspace that a call was decided in. A row that needs one and names none is refused by the decision already. */
export function workspaceOf({ workspaceId }: CommandContext): WorkspaceId {
  if (workspaceId === null) throw new PortcullisError('not_found', 'There is no such workspace.');
  return workspaceId;
}
