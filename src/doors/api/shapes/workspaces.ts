import { z } from 'zod';
import { actions } from '../../../domain/action.ts';
import { list, time } from './values.ts';

const kind = z.enum(['rest', 'mcp', 'internal']);
const audience = z.enum(['members', 'owner']);

export const workspace = z
  .object({
    id: z.string(),
    notionWorkspaceId: z.string(),
    name: z.string(),
    icon: z.string().nullable(),
    role: z.string(),
    actions: list(z.enum(actions)).describe('What the reader may do here.'),
    connections: list(
      z
        .object({
          id: z.string(),
          kind,
          status: z.string(),
          statusReason: z.string().nullable(),
          audience,
          connectedBy: z.object({ id: z.string(), name: z.string() }),
          authorizedAt: time,
          lastUsedAt: time.nullable(),
        })
        .meta({ id: 'WorkspaceConnection' }),
    ),
  })
  .meta({ id: 'Workspace' });

export const workspacesAnswer = z.object({ workspaces: list(workspace) });

export const connectionsAnswer = z.object({
  connections: list(
    z
      .object({
        id: z.string(),
        kind,
        botId: z.string(),
        audience,
        status: z.string(),
        statusReason: z.string().nullable(),
        statusChangedAt: time,
        notionOwnerName: z.string().nullable().describe('A name at Notion: text that a stranger chose.'),
        connectedBy: z.string(),
        connectedByName: z.string(),
        createdAt: time,
        authorizedAt: time,
        lastUsedAt: time.nullable(),
        refreshedAt: time.nullable(),
        accessExpiresAt: time.nullable(),
      })
      .meta({ id: 'Connection' }),
  ),
});

export const pastedAnswer = z.object({ connectionId: z.string(), audience });
export const pastedNewAnswer = z.object({ connectionId: z.string(), confirmPath: z.string() });
export const disconnectingAnswer = z.object({ status: z.literal('revoking') });
