import { z } from 'zod';
import type { ConnectionId, WorkspaceId } from '../../domain/ids.ts';
import type { CommandContext } from '../../domain/operation.ts';
import { idOf } from './fields.ts';
import { type ApiRoute, apiRoute } from './route.ts';
import { accessReport, capabilitiesAnswer } from './shapes/reports.ts';

/** The point from which a report goes on. */
interface Point {
  readonly connection: ConnectionId;
  readonly cursor: string | null;
  readonly skip: number;
}

/** What this route has done. */
export interface ReportCommands {
  report(
    input: { workspaceId: WorkspaceId; only: ConnectionId | null; from: Point | null; itemsMax: number },
    context: CommandContext,
  ): Promise<Omit<z.output<typeof accessReport>, 'nextCursor'> & { readonly next: Point | null }>;
  known(workspaceId: WorkspaceId, context: CommandContext): Promise<z.output<typeof capabilitiesAnswer>>;
}

const point = z.strictObject({
  connection: idOf('con'),
  cursor: z.string().max(4_096).nullable(),
  skip: z.number().int().min(0).max(100),
});

const cursor = z
  .string()
  .max(8_192)
  .transform((text, context): Point => {
    const read = point.safeParse(parse(Buffer.from(text, 'base64url').toString()));
    if (read.success) return read.data;
    context.addIssue({ code: 'custom', message: 'Expected `nextCursor` of an earlier answer.' });
    return z.NEVER;
  });

const query = z.strictObject({
  connection: idOf('con').optional().describe('Only this connection.'),
  cursor: cursor.optional().describe('`nextCursor` of the answer before.'),
  limit: z.coerce.number().int().min(1).max(100).default(50).describe('Most objects in the answer.'),
});

const params = z.object({ workspace: idOf('wsp') });

/** What the connections of a workspace can reach, and the capabilities that the workspace does not need. */
export function createReportRoutes({ report, known }: ReportCommands): ApiRoute[] {
  return [
    apiRoute({
      method: 'GET',
      path: '/api/workspaces/:workspace/report/access',
      name: 'report.access',
      answer: accessReport,
      summary: 'What each connection can do and see at Notion, compared with what the policy can use of it',
      demand: { on: 'workspace', action: 'connect' },
      also: {
        says: 'It shows titles, so it takes the action `read` too.',
        of: () => [{ on: 'workspace', action: 'read' }],
      },
      params,
      query,
      async run({ params: { workspace }, query: { connection, cursor: from, limit } }, context) {
        const input = { workspaceId: workspace, only: connection ?? null, from: from ?? null, itemsMax: limit };
        const { next, ...answer } = await report(input, context);
        return { ...answer, nextCursor: next && encode(next) };
      },
    }),
    apiRoute({
      method: 'GET',
      path: '/api/workspaces/:workspace/report/capabilities',
      name: 'report.capabilities',
      answer: capabilitiesAnswer,
      summary: 'The same about what each connection can do, from what is known by now: Notion is not asked',
      demand: { on: 'workspace', action: 'connect' },
      params,
      run: ({ params: { workspace } }, context) => known(workspace, context),
    }),
  ];
}

function encode(next: Point): string {
  return Buffer.from(JSON.stringify(next)).toString('base64url');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
