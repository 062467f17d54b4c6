import type { AuditMode } from '../domain/audit-mode.ts';
import type { DecidedCall } from '../domain/decided-call.ts';
import type { Decision } from '../domain/decision.ts';
import type { RecordedEvent } from '../domain/event.ts';
import { type EventId, newId, type PrincipalId, type WorkspaceId } from '../domain/ids.ts';
import type { Demand } from '../domain/operation.ts';
import { type Principal, principalIdOf } from '../domain/principal.ts';
import { activityOf } from './activity.ts';
import type { AuditRow, Result } from './audit-log.ts';

/** Version of the entry format. */
const entryVersion = 1;

/** Most objects that one entry lists; a call can name hundreds, and the count says how many there were. */
const objectsMax = 50;

/*
 * Entries are canonical JSON (RFC 8785). Every object literal below spells its keys in code-unit order, which makes
 * JSON.stringify canonical: no sorting at run time, on a path that every call takes twice. A test holds each entry
 * against a canonicalizer.
 */

/** What an entry says of the log itself, where that is not strict. */
export interface EntryMarks {
  readonly auditMode?: Exclude<AuditMode, 'strict'>;
  /** The call went on before this was in the log. */
  readonly unrecorded?: true;
}

/** The entry that makes a decision durable: an intent when it allows, a denial when it does not. */
export function decisionRow(decided: DecidedCall, requestDigest: string | null, marks: EntryMarks = {}): AuditRow {
  const { call, caller, facts, decision } = decided;
  const kind = decision.effect === 'allow' ? 'intent' : 'denial';
  const entry = JSON.stringify({
    activity: activityOf(decided),
    // Members without a value are left out.
    auditMode: marks.auditMode,
    clientAddress: call.clientAddress,
    connection: facts.connection && { because: facts.connection.because, id: facts.connection.id },
    credential: caller.credential,
    decision: decisionValue(decision, facts.policyRevision),
    door: call.door,
    id: decided.id,
    kind,
    objectCount: call.operation.demands.length,
    objects: call.operation.demands.slice(0, objectsMax).map(objectValue),
    operation: call.operation.name,
    principal: principalValue(caller.principal),
    requestDigest,
    requestId: call.requestId,
    time: decided.decidedAt.toISOString(),
    unrecorded: marks.unrecorded,
    v: entryVersion,
    workspace: facts.workspaceId,
  });
  const conditional = decision.because !== 'policy_changed';
  return {
    id: decided.id,
    workspaceId: facts.workspaceId,
    kind,
    intentId: null,
    at: decided.decidedAt,
    principalId: principalIdOf(caller),
    operation: call.operation.name,
    result: null,
    entry,
    ifPolicyRevision: conditional ? facts.policyRevision : null,
    ifEpoch: conditional ? caller.epoch : null,
  };
}

/** What is known about the end of a call. */
export interface OutcomeEntry {
  readonly result: Result;
  readonly status: number | null;
  readonly upstreamRequestId: string | null;
  readonly withheld: number;
  readonly upstreamMs: number | null;
  /** Keyed digest of a body that was streamed and so could not be in the intent. */
  readonly requestDigest: string | null;
  /** The code of the failure, from the table of errors. */
  readonly error: string | null;
}

/** The entry that closes an intent. */
export function outcomeRow(decided: DecidedCall, ending: OutcomeEntry, at: Date, marks: EntryMarks = {}): AuditRow {
  const id = newId('evt');
  const entry = JSON.stringify({
    auditMode: marks.auditMode,
    error: ending.error,
    id,
    intent: decided.id,
    kind: 'outcome',
    operation: decided.call.operation.name,
    requestDigest: ending.requestDigest,
    result: ending.result,
    status: ending.status,
    time: at.toISOString(),
    timings: { totalMs: at.getTime() - decided.decidedAt.getTime(), upstreamMs: ending.upstreamMs },
    unrecorded: marks.unrecorded,
    upstreamRequestId: ending.upstreamRequestId,
    v: entryVersion,
    withheld: ending.withheld,
    workspace: decided.facts.workspaceId,
  });
  return {
    ...unconditional,
    id,
    workspaceId: decided.facts.workspaceId,
    kind: 'outcome',
    intentId: decided.id,
    at,
    principalId: principalIdOf(decided.caller),
    operation: decided.call.operation.name,
    result: ending.result,
    entry,
  };
}

/** An intent that another instance left open, closed by the sweeper. */
export function sweptRow(open: Pick<AuditRow, 'id' | 'workspaceId' | 'principalId' | 'operation'>, at: Date): AuditRow {
  const id = newId('evt');
  const entry = JSON.stringify({
    error: 'instance_lost',
    id,
    intent: open.id,
    kind: 'outcome',
    operation: open.operation,
    requestDigest: null,
    result: 'unknown',
    status: null,
    time: at.toISOString(),
    timings: null,
    upstreamRequestId: null,
    v: entryVersion,
    withheld: 0,
    workspace: open.workspaceId,
  });
  return { ...unconditional, ...open, id, kind: 'outcome', intentId: open.id, at, result: 'unknown', entry };
}

/** A streamed answer that has ended. */
export interface StreamEnd {
  readonly intent: EventId;
  readonly workspaceId: WorkspaceId | null;
  readonly requestId: string | null;
  readonly complete: boolean;
  /**
   * Why the stream was ended early: `policy_changed` if its reader may no longer read it; null if the other side left.
   */
  readonly because: string | null;
}

/** The entry that closes a stream. An intent has at most one. */
export function streamClosedRow({ intent, workspaceId, requestId, complete, because }: StreamEnd, at: Date): AuditRow {
  const result = complete ? 'success' : 'error';
  const detail = { because, complete, intent };
  const row = eventRow({ name: 'stream.closed', workspaceId, principalId: null, result, requestId, detail }, at);
  return { ...row, intentId: intent };
}

/** The entry for an event or, with `kind` summary, for a bounded count of many like it. */
export function eventRow(event: RecordedEvent, at: Date, kind: 'event' | 'summary' = 'event'): AuditRow {
  const id = newId('evt');
  const entry = JSON.stringify({
    clientAddress: event.clientAddress ?? null,
    detail: sorted(event.detail),
    id,
    kind,
    operation: event.name,
    principal: event.principalId && { id: event.principalId, kind: kindOf(event.principalId), owner: null },
    requestId: event.requestId ?? null,
    result: event.result,
    time: at.toISOString(),
    v: entryVersion,
    workspace: event.workspaceId,
  });
  return {
    ...unconditional,
    id,
    workspaceId: event.workspaceId,
    kind,
    intentId: null,
    at,
    principalId: event.principalId,
    operation: event.name,
    result: null,
    entry,
  };
}

const unconditional = { ifPolicyRevision: null, ifEpoch: null } as const;

function decisionValue(decision: Decision, policyRevision: number | null) {
  return {
    because: decision.because,
    demand: decision.effect === 'deny' && decision.demand !== null ? objectValue(decision.demand) : null,
    effect: decision.effect,
    grants: decision.grants,
    id: decision.id,
    policyRevision,
    role: decision.role,
  };
}

function objectValue(demand: Demand) {
  return { action: demand.action, id: 'id' in demand.object ? demand.object.id : null, kind: demand.object.kind };
}

function principalValue(principal: Principal) {
  switch (principal.kind) {
    case 'user':
      return { id: principal.id, kind: 'user', owner: null };
    case 'agent':
      return { id: principal.id, kind: 'agent', owner: principal.owner };
    case 'system':
      return { id: principal.component, kind: 'system', owner: null };
    case 'anonymous':
      return { id: null, kind: 'anonymous', owner: null };
  }
}

function kindOf(id: PrincipalId): 'user' | 'agent' {
  return id.startsWith('usr_') ? 'user' : 'agent';
}

function sorted(detail: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(detail).sort(([a], [b]) => (a < b ? -1 : 1)));
}
