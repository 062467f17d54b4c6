import { z } from 'zod';
import type { AuditFilter, AuditReader } from '../../audit/audit-reader.ts';
import type { EventId, WorkspaceId } from '../../domain/ids.ts';
import { exportLog } from './audit-export.ts';
import { auditFilters, auditPaging, auditWorkspace, exportFormat } from './audit-query.ts';
import { auditView, namesIn } from './audit-view.ts';
import { type ApiRoute, apiRoute } from './route.ts';
import { auditPage } from './shapes/audit.ts';

const inWorkspace = { on: 'workspace', action: 'audit' } as const;
const inDeployment = { on: 'deployment', action: 'audit' } as const;

/** Reading the log. A workspace's entries are for those who hold `audit` in it. */
export function createAuditRoutes(reader: AuditReader): ApiRoute[] {
  return [
    apiRoute({
      method: 'GET',
      path: '/api/audit',
      name: 'audit.read',
      answer: auditPage,
      summary: 'The log of a workspace, newest first, with the names of who stands in it',
      demand: inWorkspace,
      query: z.strictObject({ ...auditFilters, ...auditPaging, ...auditWorkspace }),
      run: ({ query }, { workspaceId }) => readPage(reader, workspaceId, query),
    }),
    apiRoute({
      method: 'GET',
      path: '/api/audit/export',
      name: 'audit.export',
      answer: 'file',
      summary: 'All that matches in the log of a workspace, newest first, as a file',
      demand: inWorkspace,
      query: z.strictObject({ ...auditFilters, ...auditWorkspace, format: exportFormat }),
      run: async ({ query: { format, ...query } }, { workspaceId }) =>
        exportLog(reader, workspaceId, filterOf(query), format),
    }),
    apiRoute({
      method: 'GET',
      path: '/api/deployment/audit',
      name: 'deployment_audit.read',
      answer: auditPage,
      summary: 'The log of the deployment: sign-ins, unidentified callers, calls that name no workspace',
      demand: inDeployment,
      query: z.strictObject({ ...auditFilters, ...auditPaging }),
      run: ({ query }) => readPage(reader, null, query),
    }),
    apiRoute({
      method: 'GET',
      path: '/api/deployment/audit/export',
      name: 'deployment_audit.export',
      answer: 'file',
      summary: 'All that matches in the log of the deployment, newest first, as a file',
      demand: inDeployment,
      query: z.strictObject({ ...auditFilters, format: exportFormat }),
      run: async ({ query: { format, ...query } }) => exportLog(reader, null, filterOf(query), format),
    }),
  ];
}

type Query = Omit<AuditFilter, 'object'> & { readonly page?: string | undefined; readonly workspace?: unknown };

async function readPage(
  reader: AuditReader,
  workspaceId: WorkspaceId | null,
  { cursor, limit, ...query }: Query & { readonly cursor?: EventId | undefined; readonly limit: number },
) {
  const { records, next } = await reader.read(workspaceId, filterOf(query), { before: cursor ?? null, limit });
  const names = await namesIn(reader, workspaceId, records);
  return { entries: records.map(auditView), names: Object.fromEntries(names), nextCursor: next };
}

function filterOf({ page, workspace: _, ...filter }: Query): AuditFilter {
  return { ...filter, object: page };
}
