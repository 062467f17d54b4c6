import { z } from 'zod';
import type { WorkspaceId } from '../../../domain/ids.ts';
import { fingerprintOf, pinStateOf, pinStates, type ToolPins } from '../../../domain/tool-pins.ts';
import { idOf } from '../fields.ts';
import { workspaceOf } from '../in-workspace.ts';
import { type ApiRoute, apiRoute } from '../route.ts';
import { list, time } from '../shapes/values.ts';

const definition = z.string().nullable().describe('JSON with sorted keys; null for none.');

const tool = z
  .object({
    tool: z.string(),
    state: z.enum(pinStates).describe('Only an accepted tool is called. The others wait for a person.'),
    accepted: definition,
    offered: definition,
    fingerprint: z.string().describe('SHA-256 of what is offered, in hex; `removed` where nothing is.'),
    changedAt: time,
  })
  .meta({ id: 'HostedTool' });

const toolsAnswer = z.object({
  connections: list(
    z
      .object({
        connectionId: z.string(),
        lookedAt: time.nullable().describe('When the server was last asked; null for never.'),
        tools: list(tool),
      })
      .meta({ id: 'HostedTools' }),
  ),
});

const seen = z.strictObject({
  connection: idOf('con'),
  tools: z
    .array(
      z.strictObject({ tool: z.string().min(1).max(200), fingerprint: z.string().regex(/^(?:[0-9a-f]{64}|removed)$/) }),
    )
    .min(1)
    .max(500),
});

const path = '/api/workspaces/:workspace/tools';
const mayConnect = { on: 'workspace', action: 'connect' } as const;

/** How hosted MCP servers describe their tools, and whether somebody accepted that. */
export function toolRoutes(pins: ToolPins): ApiRoute[] {
  const view = async (workspaceId: WorkspaceId) => ({
    connections: (await pins.all(workspaceId)).map(({ connectionId, lookedAt, tools }) => ({
      ...{ connectionId, lookedAt: lookedAt?.toISOString() ?? null },
      tools: tools.map(({ tool, accepted, offered, changedAt }) => ({
        ...{ tool, state: pinStateOf({ accepted, offered }), accepted, offered },
        ...{ fingerprint: fingerprintOf(offered), changedAt: changedAt.toISOString() },
      })),
    })),
  });
  return [
    apiRoute({
      method: 'GET',
      path,
      name: 'tools.read',
      answer: toolsAnswer,
      summary: 'The tools of hosted MCP servers, and which are held back',
      demand: mayConnect,
      run: (_, context) => view(workspaceOf(context)),
    }),
    apiRoute({
      method: 'POST',
      path: `${path}/look`,
      name: 'tools.look',
      answer: toolsAnswer,
      summary: 'Ask the hosted MCP servers now how they describe their tools',
      demand: mayConnect,
      async run(_, context) {
        const workspaceId = workspaceOf(context);
        for (const { connectionId } of await pins.all(workspaceId)) await pins.look(workspaceId, connectionId, context);
        return view(workspaceId);
      },
    }),
    apiRoute({
      method: 'POST',
      path: `${path}/accept`,
      name: 'tools.accept',
      answer: toolsAnswer,
      summary: 'Accept how a hosted MCP server describes tools. They are called from then on',
      demand: mayConnect,
      body: seen,
      async run({ body: { connection, tools } }, context) {
        const workspaceId = workspaceOf(context);
        const fingerprints = new Map(tools.map(({ tool, fingerprint }) => [tool, fingerprint]));
        await pins.accept(workspaceId, connection, fingerprints, context);
        return view(workspaceId);
      },
    }),
  ];
}
