import { z } from 'zod';
import type { ConnectionSummary } from '../../domain/connection.ts';
import type { ConnectionId, WorkspaceId } from '../../domain/ids.ts';
import type { CommandContext } from '../../domain/operation.ts';
import type { Caller } from '../../domain/principal.ts';
import { idOf } from './fields.ts';
import { type ApiRoute, apiRoute } from './route.ts';

const inWorkspace = z.object({ workspace: idOf('wsp') });
const named = z.object({ workspace: idOf('wsp'), connection: idOf('con') });

/** What these routes have done. */
export interface ConnectionRouteParts {
  /** The connections that the reader may know of. */
  list(workspaceId: WorkspaceId, reader: Caller): Promise<readonly ConnectionSummary[]>;
  disconnect(
    input: { workspaceId: WorkspaceId; connectionId: ConnectionId },
    context: CommandContext,
  ): Promise<{ status: 'revoking' }>;
}

/** The connections of a workspace. Making one takes a browser: `/auth/notion`. */
export function createConnectionRoutes({ list, disconnect }: ConnectionRouteParts): ApiRoute[] {
  return [
    apiRoute({
      method: 'GET',
      path: '/api/workspaces/:workspace/connections',
      name: 'connections.list',
      summary: 'The connections of a workspace to Notion, and whether they work',
      demand: { on: 'membership' },
      params: inWorkspace,
      run: async ({ params }, { caller }) => ({ connections: await list(params.workspace, caller) }),
    }),
    apiRoute({
      method: 'DELETE',
      path: '/api/workspaces/:workspace/connections/:connection',
      name: 'connection.disconnect',
      summary: 'End a connection: blocked at once, then revoked at Notion, then its tokens are destroyed',
      demand: { on: 'workspace', action: 'connect' },
      params: named,
      status: 202,
      run: ({ params }, context) =>
        disconnect({ workspaceId: params.workspace, connectionId: params.connection }, context),
    }),
  ];
}
