import type { DecidedCall } from '../../src/domain/decided-call.ts';
import { newId } from '../../src/domain/ids.ts';
import type { ObjectOwners } from '../../src/domain/object-owners.ts';
import type { Call } from '../../src/domain/operation.ts';
import { classifyRest } from '../../src/notion/classify.ts';
import { aPolicyOfRole } from '../fixtures.ts';

export const workspaceId = newId('wsp');
export const principalId = newId('usr');
export const requestId = '7b6f0d51-3a3c-4f9e-9d4c-2f8f6f7c1a11';

/** An allowed REST request, as far as the steps after it look at one. */
export function allowedRuling(
  method: string,
  url: string,
  {
    body = undefined as unknown,
    mayRead = true,
    mayHear = undefined as boolean | undefined,
    workspace = null as Call['workspace'],
  } = {},
): DecidedCall {
  const bytes = body === undefined ? null : Buffer.from(JSON.stringify(body));
  const operation = classifyRest({ method, url, headers: { 'content-type': 'application/json' }, body: bytes });
  if (operation.problem !== null) throw new Error(operation.problem.message);
  return {
    id: newId('evt'),
    call: {
      door: 'rest',
      requestId,
      credentials: { kind: 'bearer', token: 'pcl_test' },
      clientAddress: '127.0.0.1',
      workspace,
      operation,
      signal: new AbortController().signal,
    },
    caller: {
      principal: { kind: 'user', id: principalId },
      credential: newId('key'),
      epoch: 1,
      boundTo: workspaceId,
      ceiling: null,
      under: null,
      signIn: null,
      deploymentRights: new Set(),
    },
    facts: {
      at: new Date(),
      policy: aPolicyOfRole('editor'),
      objects: new Map(),
      proposed: null,
      workspaceId,
      namesOtherWorkspace: false,
      policyRevision: 1,
      role: 'editor',
      connection: { id: newId('con'), because: 'only_one' },
      connectionTrouble: null,
      ownedByCaller: new Set(),
      subjects: new Map(),
      callsInFlight: 0,
      unstable: false,
    },
    decision: {
      id: newId('dec'),
      effect: 'allow',
      because: 'role',
      role: 'editor',
      grants: [],
      mayRead,
      mayHear: mayHear ?? mayRead,
    },
    decidedAt: new Date(),
  };
}

/** Owners in memory; PostgreSQL's are tested beside it. */
export function memoryOwners(): ObjectOwners & { readonly rows: Map<string, string> } {
  const rows = new Map<string, string>();
  const key = (workspace: string, { kind, id }: { kind: string; id: string }) => `${workspace} ${kind} ${id}`;
  return {
    rows,
    async record(workspace, object, principal) {
      if (!rows.has(key(workspace, object))) rows.set(key(workspace, object), principal);
    },
    async ownedAmong(workspace, principal, objects) {
      return new Set(objects.filter(object => rows.get(key(workspace, object)) === principal).map(object => object.id));
    },
  };
}
