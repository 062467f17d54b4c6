import { z } from 'zod';
import type { AuditFilter, AuditReader } from '../../audit/audit-reader.ts';
import type { WorkspaceId } from '../../domain/ids.ts';
import { exportLog } from './audit-export.ts';
import { auditFilters, auditPaging, auditWorkspace, exportFormat } from './audit-query.ts';
import { lastEvent, type TailEnds, tailFrom, tailLog } from './audit-tail.ts';
import { auditView, namesIn } from './audit-view.ts';
import { type ApiRoute, apiRoute, type RouteDemand } from './route.ts';
import { auditCounts, auditPage } from './shapes/audit.ts';

export interface AuditRouteParts {
  readonly reader: AuditReader;
  readonly ends: TailEnds;
}

/** One log: its addresses, the names of its operations, who may read it, and the additional fields of its queries. */
interface Place {
  readonly path: '/api/audit' | '/api/deployment/audit';
  readonly name: 'audit' | 'deployment_audit';
  readonly of: string;
  readonly demand: RouteDemand;
  readonly more: Partial<typeof auditWorkspace>;
}

const ofWorkspace: Place = {
  path: '/api/audit',
  name: 'audit',
  of: 'the log of a workspace',
  demand: { on: 'workspace', action: 'audit' },
  more: auditWorkspace,
};

const ofDeployment: Place = {
  path: '/api/deployment/audit',
  name: 'deployment_audit',
  of: 'the log of the deployment (sign-ins, unidentified callers, calls that name no workspace)',
  demand: { on: 'deployment', action: 'audit' },
  more: {},
};

/** Reading the log. Members with `audit` read the entries of their workspace. Each reading is logged itself. */
export function createAuditRoutes(parts: AuditRouteParts): ApiRoute[] {
  return [ofWorkspace, ofDeployment].flatMap(place => routesOf(parts, place));
}

function routesOf({ reader, ends }: AuditRouteParts, { path, name, of, demand, more }: Place): ApiRoute[] {
  return [
    apiRoute({
      method: 'GET',
      path,
      name: `${name}.read`,
      answer: auditPage,
      summary: `What is in ${of}, newest first, with the names of who stands in it`,
      demand,
      query: z.strictObject({ ...auditFilters, ...auditPaging, ...more }),
      run: ({ query }, { workspaceId }) => readPage(reader, workspaceId, query),
    }),
    apiRoute({
      method: 'GET',
      path: `${path}/counts`,
      name: `${name}.counts`,
      answer: auditCounts,
      summary: `How many calls and events are in ${of}, by the hour`,
      demand,
      query: z.strictObject({ ...auditFilters, ...more }),
      run: ({ query }, { workspaceId }) => reader.counts(workspaceId, filterOf(query)),
    }),
    apiRoute({
      method: 'GET',
      path: `${path}/tail`,
      name: `${name}.tail`,
      answer: 'file',
      fileTypes: ['text/event-stream'],
      summary: `What comes into ${of}, as server-sent events, for ten minutes: then ask again with Last-Event-ID`,
      demand,
      query: z.strictObject({ ...auditFilters, ...more, from: tailFrom }),
      headers: lastEvent,
      run: async ({ query: { from, ...query }, headers }, { workspaceId }) =>
        tailLog({ reader, ends }, { workspaceId, filter: filterOf(query) }, { from, headers }),
    }),
    apiRoute({
      method: 'GET',
      path: `${path}/export`,
      name: `${name}.export`,
      answer: 'file',
      summary: `All that matches in ${of}, newest first, as a file`,
      demand,
      query: z.strictObject({ ...auditFilters, ...more, format: exportFormat }),
      run: async ({ query: { format, ...query } }, { workspaceId }) =>
        exportLog(reader, workspaceId, filterOf(query), format),
    }),
  ];
}

type Query = Omit<AuditFilter, 'object' | 'below'> & {
  readonly page?: string | undefined;
  readonly subtree?: string | undefined;
  readonly workspace?: unknown;
};

async function readPage(
  reader: AuditReader,
  workspaceId: WorkspaceId | null,
  { cursor, limit, ...query }: Query & { readonly cursor?: number | undefined; readonly limit: number },
) {
  const page = { before: cursor ?? null, limit };
  const { records, next } = await reader.read(workspaceId, filterOf(query), page);
  const names = await namesIn(reader, workspaceId, records);
  const nextCursor = next === null ? null : String(next);
  return { entries: records.map(auditView), names: Object.fromEntries(names), nextCursor };
}

function filterOf({ page, subtree, workspace: _, ...filter }: Query): AuditFilter {
  return { ...filter, object: page, below: subtree };
}
