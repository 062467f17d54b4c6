import { compilePolicy } from '../src/authorize/compile-policy.ts';
import type { DecidedCall } from '../src/domain/decided-call.ts';
import type { Decision } from '../src/domain/decision.ts';
import type { Facts } from '../src/domain/facts.ts';
import { newId, type PrincipalId } from '../src/domain/ids.ts';
import type { Call, Demand, NotionRequest, Operation } from '../src/domain/operation.ts';
import type { PolicySnapshot } from '../src/domain/policy-snapshot.ts';
import type { Caller } from '../src/domain/principal.ts';

/** A request for Notion; nothing is sent anywhere by having one. */
export function aNotionRequest(given: Partial<NotionRequest> = {}): NotionRequest {
  return { kind: 'notion', method: 'GET', path: '/v1/users', headers: {}, body: null, ...given };
}

export function aDemand(given: Partial<Demand> = {}): Demand {
  return { action: 'read', object: { kind: 'page', id: '11111111-1111-4111-8111-111111111111' }, ...given };
}

/** Reading one page, unless told otherwise. */
export function anOperation(given: Partial<Operation> = {}): Operation {
  return {
    name: 'pages.retrieve',
    effect: 'read',
    demands: [aDemand()],
    problem: null,
    target: aNotionRequest(),
    response: {
      opaque: false,
      readAction: 'read',
      rewriteUrls: false,
      notFound: { kind: 'page', id: '11111111-1111-4111-8111-111111111111' },
      binds: null,
    },
    ...given,
  };
}

export function aCall(given: Partial<Call> = {}): Call {
  return {
    door: 'rest',
    requestId: '22222222-2222-4222-8222-222222222222',
    credentials: { kind: 'none' },
    clientAddress: '127.0.0.1',
    workspace: null,
    operation: anOperation(),
    signal: new AbortController().signal,
    ...given,
  };
}

/** A user with a key, bound to no workspace unless told so. */
export function aCaller(given: Partial<Caller> = {}): Caller {
  return {
    principal: { kind: 'user', id: newId('usr') },
    credential: newId('key'),
    epoch: 1,
    boundTo: null,
    ceiling: null,
    under: null,
    signIn: null,
    deploymentRights: new Set(),
    ...given,
  };
}

/** A policy of which only the role of every caller is set. */
export function aPolicyOfRole(role: string | null): PolicySnapshot {
  const members = new Map<PrincipalId, string>();
  const compiled = () => compilePolicy({ revision: 1, roles: new Map(), members, groups: new Map(), grants: [] });
  const policyFor = (principal: PrincipalId) => {
    if (role !== null) members.set(principal, role);
    return compiled();
  };
  return {
    ...compiled(),
    judge: (asker, action, object) => policyFor(asker.principal).judge(asker, action, object),
    may: (asker, action, object) => policyFor(asker.principal).may(asker, action, object),
  };
}

/** A viewer in a workspace with a working connection. */
export function someFacts(given: Partial<Facts> = {}): Facts {
  const role = given.role === undefined ? 'viewer' : given.role;
  return {
    at: new Date('2026-11-22T10:00:00.123Z'),
    policy: aPolicyOfRole(role),
    objects: new Map(),
    proposed: null,
    workspaceId: newId('wsp'),
    namesOtherWorkspace: false,
    policyRevision: 1,
    role,
    connection: { id: newId('con'), because: 'only_one' },
    connectionTrouble: null,
    ownedByCaller: new Set(),
    subjects: new Map(),
    callsInFlight: 0,
    unstable: false,
    ...given,
  };
}

export function anAllowance(given: Partial<Decision> = {}): Decision {
  return {
    id: newId('dec'),
    effect: 'allow',
    because: 'role',
    role: 'viewer',
    grants: [],
    mayRead: true,
    mayHear: true,
    ...given,
  } as Decision;
}

export function aDecidedCall(given: Partial<DecidedCall> = {}): DecidedCall {
  return {
    id: newId('evt'),
    call: aCall(),
    caller: aCaller(),
    facts: someFacts(),
    decision: anAllowance(),
    decidedAt: new Date('2026-11-22T10:00:00.123Z'),
    ...given,
  };
}
