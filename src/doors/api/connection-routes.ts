import { z } from 'zod';
import type { ConnectionSummary } from '../../domain/connection.ts';
import type { ConnectionId, WorkspaceId } from '../../domain/ids.ts';
import type { CommandContext } from '../../domain/operation.ts';
import type { Caller } from '../../domain/principal.ts';
import { Secret } from '../../domain/secret.ts';
import { idOf } from './fields.ts';
import { type ApiRoute, apiRoute } from './route.ts';
import { connectionsAnswer, disconnectingAnswer, pastedAnswer, pastedNewAnswer } from './shapes/workspaces.ts';

const inWorkspace = z.object({ workspace: idOf('wsp') });
const named = z.object({ workspace: idOf('wsp'), connection: idOf('con') });

const pasted = z.strictObject({
  token: z.string().regex(/^[\x21-\x7e]{20,4096}$/, 'Expected the token of an integration.'),
  audience: z
    .enum(['owner', 'members'])
    .optional()
    .describe('Who may use it: you alone, unless given, or every member, as their roles allow.'),
});

const pastedNew = pasted.extend({
  name: z.string().trim().min(1).max(200).optional().describe('Of the workspace, if Notion does not say.'),
});

/** What these routes have done. */
export interface ConnectionRouteParts {
  /** The connections that the reader may know of. */
  list(workspaceId: WorkspaceId, reader: Caller): Promise<readonly ConnectionSummary[]>;
  paste(
    input: { workspaceId: WorkspaceId; token: Secret; audience: 'members' | 'owner' | null },
    context: CommandContext,
  ): Promise<{ connectionId: ConnectionId; audience: 'members' | 'owner' }>;
  pasteNew(
    input: { token: Secret; audience: 'members' | 'owner' | null; name: string | null },
    context: CommandContext,
  ): Promise<{ connectionId: ConnectionId }>;
  disconnect(
    input: { workspaceId: WorkspaceId; connectionId: ConnectionId },
    context: CommandContext,
  ): Promise<{ status: 'revoking' }>;
}

/** The connections of a workspace. By consent they are made in a browser: `/auth/notion`. */
export function createConnectionRoutes({ list, paste, pasteNew, disconnect }: ConnectionRouteParts): ApiRoute[] {
  return [
    apiRoute({
      method: 'GET',
      path: '/api/workspaces/:workspace/connections',
      name: 'connections.list',
      answer: connectionsAnswer,
      summary: 'The connections of a workspace to Notion, and whether they work',
      demand: { on: 'workspace', action: 'read' },
      params: inWorkspace,
      run: async ({ params }, { caller }) => ({ connections: await list(params.workspace, caller) }),
    }),
    apiRoute({
      method: 'POST',
      path: '/api/workspaces/:workspace/connections',
      name: 'connection.paste',
      answer: pastedAnswer,
      summary:
        'Connect by a token of an internal integration, or replace its earlier token. Notion says who owns the token',
      demand: { on: 'workspace', action: 'connect', by: 'person' },
      params: inWorkspace,
      body: pasted,
      status: 201,
      run: ({ params, body: { token, audience } }, context) =>
        paste({ workspaceId: params.workspace, token: new Secret(token), audience: audience ?? null }, context),
    }),
    apiRoute({
      method: 'POST',
      path: '/api/connections',
      name: 'connection.paste_new',
      answer: pastedNewAnswer,
      summary:
        'Connect a new workspace by a token of an internal integration. It waits for you to confirm it, as after consent',
      demand: { on: 'deployment', action: 'connect', by: 'session' },
      body: pastedNew,
      status: 202,
      run: async ({ body: { token, audience, name } }, context) => {
        const given = { token: new Secret(token), audience: audience ?? null, name: name ?? null };
        const { connectionId } = await pasteNew(given, context);
        return { connectionId, confirmPath: `/auth/notion/confirm?connection=${connectionId}` };
      },
    }),
    apiRoute({
      method: 'DELETE',
      path: '/api/workspaces/:workspace/connections/:connection',
      name: 'connection.disconnect',
      answer: disconnectingAnswer,
      summary: 'End a connection: blocked at once, then revoked at Notion, then its tokens are destroyed',
      demand: { on: 'workspace', action: 'connect' },
      params: named,
      status: 202,
      run: ({ params }, context) =>
        disconnect({ workspaceId: params.workspace, connectionId: params.connection }, context),
    }),
  ];
}
