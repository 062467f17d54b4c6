import { z } from 'zod';
import type { AuditReader, AuditRecord } from '../../audit/audit-reader.ts';
import { type EventId, isId, type WorkspaceId } from '../../domain/ids.ts';
import type { ApiRoute } from './route.ts';

const time = z.iso.datetime({ offset: true }).transform(text => new Date(text));

const filters = {
  principal: z.string().max(64).optional().describe('Id of the user or agent that called.'),
  operation: z.string().max(64).optional().describe('Name of the operation, such as `pages.update`.'),
  notOperation: z.string().max(64).optional().describe('Name of an operation to leave out, such as `audit.read`.'),
  effect: z.enum(['allow', 'deny']).optional(),
  result: z
    .enum(['done', 'refused', 'failed', 'not_sent', 'unknown', 'streaming', 'open'])
    .optional()
    .describe('How the call ended; `open` finds intents that nothing has closed yet.'),
  since: time.optional(),
  until: time.optional(),
  cursor: z
    .custom<EventId>(value => isId('evt', value), 'Expected a cursor from an earlier answer.')
    .optional()
    .describe('`nextCursor` of the answer before.'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
};

const workspaceQuery = z.strictObject({
  ...filters,
  workspace: z
    .custom<WorkspaceId>(value => isId('wsp', value), 'Expected the id of a workspace.')
    .optional()
    .describe('The workspace; a key needs none, since it is bound to one.'),
});
const deploymentQuery = z.strictObject(filters);

/** Reading the log. A workspace's entries are for those who hold `audit` in it. */
export function createAuditRoutes(reader: AuditReader): ApiRoute[] {
  const workspace: ApiRoute<z.ZodType, typeof workspaceQuery> = {
    method: 'GET',
    path: '/api/audit',
    name: 'audit.read',
    summary: 'The log of a workspace, newest first',
    demand: { on: 'workspace', action: 'audit' },
    query: workspaceQuery,
    run: ({ query }, { workspaceId }) => readPage(reader, workspaceId, query),
  };
  const deployment: ApiRoute<z.ZodType, typeof deploymentQuery> = {
    method: 'GET',
    path: '/api/deployment/audit',
    name: 'deployment_audit.read',
    summary: 'The log of the deployment: sign-ins, unidentified callers, calls that name no workspace',
    demand: { on: 'deployment', action: 'audit' },
    query: deploymentQuery,
    run: ({ query }) => readPage(reader, null, query),
  };
  return [workspace, deployment] as ApiRoute[];
}

async function readPage(reader: AuditReader, workspaceId: WorkspaceId | null, query: z.infer<typeof deploymentQuery>) {
  const { cursor, limit, ...filter } = query;
  const records = await reader.read(workspaceId, filter, { before: cursor ?? null, limit });
  const last = records.at(-1);
  return {
    entries: records.map(flatten),
    nextCursor: records.length === limit && last !== undefined ? last.entry.id : null,
  };
}

/** One object for each entry, with its closing entry inside: what a reader of the log looks at together. */
function flatten({ entry, outcome }: AuditRecord) {
  if (outcome === null) return { ...entry, outcome: null };
  const { id, time, result, status, withheld, timings, error, upstreamRequestId } = outcome;
  const upstreamMs = (timings as { upstreamMs?: number | null } | null)?.upstreamMs ?? null;
  return { ...entry, outcome: { id, time, result, status, withheld, upstreamMs, error, upstreamRequestId } };
}
