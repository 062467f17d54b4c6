import { z } from 'zod';
import type { ConnectionSummary } from '../../domain/connection.ts';
import { type ConnectionId, isId, type WorkspaceId } from '../../domain/ids.ts';
import type { CommandContext } from '../../domain/operation.ts';
import type { ApiRoute } from './route.ts';

const workspace = z.custom<WorkspaceId>(value => isId('wsp', value), 'Expected the id of a workspace.');
const connection = z.custom<ConnectionId>(value => isId('con', value), 'Expected the id of a connection.');

const workspaceParams = z.object({ workspace });
const connectionParams = z.object({ workspace, connection });

/** What these routes have done. */
export interface ConnectionRouteParts {
  list(workspaceId: WorkspaceId): Promise<readonly ConnectionSummary[]>;
  disconnect(
    input: { workspaceId: WorkspaceId; connectionId: ConnectionId },
    context: CommandContext,
  ): Promise<{ status: 'revoking' }>;
}

/** The connections of a workspace. Making one takes a browser: `/auth/notion`. */
export function createConnectionRoutes({ list, disconnect }: ConnectionRouteParts): ApiRoute[] {
  const listing: ApiRoute<typeof workspaceParams> = {
    method: 'GET',
    path: '/api/workspaces/:workspace/connections',
    name: 'connections.list',
    summary: 'The connections of a workspace to Notion, and whether they work',
    demand: { on: 'membership' },
    params: workspaceParams,
    run: async ({ params }) => ({ connections: await list(params.workspace) }),
  };
  const disconnecting: ApiRoute<typeof connectionParams> = {
    method: 'DELETE',
    path: '/api/workspaces/:workspace/connections/:connection',
    name: 'connection.disconnect',
    summary: 'End a connection: blocked at once, then revoked at Notion, then its tokens are destroyed',
    demand: { on: 'workspace', action: 'connect' },
    params: connectionParams,
    status: 202,
    run: ({ params }, context) =>
      disconnect({ workspaceId: params.workspace, connectionId: params.connection }, context),
  };
  return [listing, disconnecting] as ApiRoute[];
}
