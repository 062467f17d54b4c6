import { Readable } from 'node:stream';
import { z } from 'zod';
import type { ProvableLogs } from '../../audit/sequence/provable-logs.ts';
import type { LogName } from '../../audit/sequence/sequencing.ts';
import type { EventId } from '../../domain/ids.ts';
import { auditWorkspace } from './audit-query.ts';
import { Download } from './download.ts';
import { idOf } from './fields.ts';
import { type ApiRoute, apiRoute } from './route.ts';
import { logHead } from './shapes/audit.ts';

const inWorkspace = { on: 'workspace', action: 'audit' } as const;
const inDeployment = { on: 'deployment', action: 'audit' } as const;

const oneEntry = { entry: idOf('evt').describe('Its id. A call has two: its decision, and the entry that closed it.') };

const part = {
  size: z.coerce.number().int().min(1).describe('How many entries: the `size` of a checkpoint.'),
  from: z.coerce.number().int().min(0).default(0).describe('How many of them are there already, to go on after these.'),
};

/** The data that a verifier takes away. Members with `audit` get the log of their workspace, and its proof. */
export function createProofRoutes(logs: ProvableLogs): ApiRoute[] {
  return [
    apiRoute({
      method: 'GET',
      path: '/api/audit/checkpoint',
      name: 'audit.checkpoint',
      answer: logHead,
      summary: 'The newest signed checkpoint of the log of a workspace, and its public keys',
      demand: inWorkspace,
      query: z.strictObject(auditWorkspace),
      run: (_, { workspaceId }) => logs.head(workspaceId ?? 'deployment'),
    }),
    apiRoute({
      method: 'GET',
      path: '/api/audit/bundle',
      name: 'audit.bundle',
      answer: 'file',
      summary: 'The log of a workspace with everything that proves it, as a file',
      demand: inWorkspace,
      query: z.strictObject({ ...part, ...auditWorkspace }),
      run: ({ query }, { workspaceId }) => download(logs, workspaceId ?? 'deployment', query),
    }),
    apiRoute({
      method: 'GET',
      path: '/api/audit/proof',
      name: 'audit.proof',
      answer: 'file',
      fileTypes: ['application/json'],
      summary: 'One entry of the log of a workspace with what proves that it is there, for `audit verify`',
      demand: inWorkspace,
      query: z.strictObject({ ...oneEntry, ...auditWorkspace }),
      run: ({ query: { entry } }, { workspaceId }) => proof(logs, workspaceId ?? 'deployment', entry),
    }),
    apiRoute({
      method: 'GET',
      path: '/api/deployment/audit/checkpoint',
      name: 'deployment_audit.checkpoint',
      answer: logHead,
      summary: 'The newest signed checkpoint of the log of the deployment, and its public keys',
      demand: inDeployment,
      query: z.strictObject({}),
      run: () => logs.head('deployment'),
    }),
    apiRoute({
      method: 'GET',
      path: '/api/deployment/audit/bundle',
      name: 'deployment_audit.bundle',
      answer: 'file',
      summary: 'The log of the deployment with everything that proves it, as a file',
      demand: inDeployment,
      query: z.strictObject(part),
      run: ({ query }) => download(logs, 'deployment', query),
    }),
    apiRoute({
      method: 'GET',
      path: '/api/deployment/audit/proof',
      name: 'deployment_audit.proof',
      answer: 'file',
      fileTypes: ['application/json'],
      summary: 'One entry of the log of the deployment with what proves that it is there, for `audit verify`',
      demand: inDeployment,
      query: z.strictObject(oneEntry),
      run: ({ query: { entry } }) => proof(logs, 'deployment', entry),
    }),
  ];
}

async function download(logs: ProvableLogs, log: LogName, { size, from }: { size: number; from: number }) {
  const lines = await logs.bundle(log, { size, from });
  const body = Readable.from(lines, { objectMode: false });
  return new Download('portcullis-log.bundle', 'application/jsonl; charset=utf-8', body);
}

async function proof(logs: ProvableLogs, log: LogName, entry: EventId) {
  const line = await logs.prove(log, entry);
  return new Download('portcullis-entry.proof', 'application/json; charset=utf-8', Readable.from([line]));
}
