import type { WorkspaceId } from '../../domain/ids.ts';
import type { CommandContext, Operation, Problem } from '../../domain/operation.ts';

/** The names of the operations of connecting, as in the log. */
export type ConnectOperationName =
  | 'connect.start'
  | 'connect.finish'
  | 'connect.review'
  | 'connect.confirm'
  | 'connect.cancel';

/**
 * One step of connecting as an operation. For a workspace that is connected already it takes `connect` there; for a new
 * one, the deployment right `connect`.
 */
export function connectOperation(
  name: ConnectOperationName,
  workspaceId: WorkspaceId | null,
  run: (context: CommandContext) => Promise<unknown>,
): Operation {
  return {
    ...frame(name, workspaceId),
    target: {
      kind: 'local',
      run: async context => {
        const body = Buffer.from(JSON.stringify((await run(context)) ?? {}));
        return { status: 200, headers: { 'content-type': 'application/json' }, body };
      },
    },
  };
}

/** A step that cannot be taken by anyone. It is decided and logged like any other. */
export function impossibleOperation(name: ConnectOperationName, problem: Problem): Operation {
  return { ...frame(name, null), problem };
}

function frame(name: ConnectOperationName, workspaceId: WorkspaceId | null): Operation {
  return {
    name,
    effect: name === 'connect.review' ? 'read' : 'write',
    demands: [
      { action: 'connect', object: { kind: workspaceId === null ? 'deployment' : 'workspace' }, by: 'session' },
    ],
    problem: null,
    target: null,
    response: { opaque: false, readAction: null, rewriteUrls: false, notFound: null, binds: null },
  };
}
