import { type Action, contentActions } from '../domain/action.ts';
import { askerOf } from '../domain/asker-of.ts';
import type { Allow, Decision, Deny } from '../domain/decision.ts';
import type { AllowReason, DenyReason } from '../domain/decision-reasons.ts';
import type { Facts } from '../domain/facts.ts';
import { type GrantId, isId, newId } from '../domain/ids.ts';
import type { Call, Demand, Holding, Operation } from '../domain/operation.ts';
import type { Caller, Principal } from '../domain/principal.ts';
import type { SubjectId } from '../domain/subjects.ts';
import { byPolicy, judgedObject } from './by-policy.ts';
import { beyondAuthor, reachesBeyond, widensKey } from './gifts.ts';

/** Calls of one principal that may be under way at once on one instance (rule 29). */
export const callsInFlightMax = 64;

/** What one check found: a reason to allow, or a reason to deny. */
type Finding = ({ readonly allow: AllowReason } | { readonly deny: DenyReason; readonly demand?: Demand }) & {
  readonly grants?: readonly GrantId[];
};

/**
 * Decides one call. Pure and total: the same arguments give the same effect and reason, and there is an answer for
 * every argument. Without a permission the call is denied, and an operation without objects is not allowed for that
 * reason (rule 5).
 */
export function authorize(call: Call, caller: Caller, facts: Facts): Decision {
  const finding = decide(call, caller, facts);
  const common = { id: newId('dec'), role: facts.role, grants: finding.grants ?? [] };
  const { demands } = call.operation;
  const mayRead = (objects: readonly Demand[], action = readActionOf(call.operation)) =>
    mayReadAll(objects, call, caller, facts, action);
  if ('deny' in finding) {
    // It is no secret that a workspace exists; only its content may be one.
    const secret = demands.filter(({ object }) => object.kind !== 'workspace');
    const mayKnow = mayRead(secret.length > 0 ? secret : demands);
    const denied = { effect: 'deny', because: finding.deny, demand: finding.demand ?? null, mayRead: mayKnow } as const;
    return { ...common, ...denied } satisfies Deny;
  }
  const mayReadIt = mayRead(demands);
  const mayHear = mayReadIt && mayRead(demands, 'read');
  return { ...common, effect: 'allow', because: finding.allow, mayRead: mayReadIt, mayHear } satisfies Allow;
}

function decide(call: Call, caller: Caller, facts: Facts): Finding {
  const { operation } = call;
  if (caller.principal.kind === 'anonymous') return { deny: 'unauthenticated' };
  if (operation.problem !== null) return { deny: 'malformed' };
  if (facts.unstable) return { deny: 'policy_changed' };
  if (operation.demands.length === 0 || operation.target === null) return { deny: 'nothing_to_decide' };
  if (facts.namesOtherWorkspace) return { deny: 'other_workspace' };
  const findings = operation.demands.map(demand => examine(demand, call, caller, facts));
  const [first] = findings;
  const refusal = unreachable(findings, operation, facts) ?? firstDeny(findings) ?? limits(operation, facts);
  if (refusal !== null || first === undefined) return refusal ?? { deny: 'nothing_to_decide' };
  return { ...first, grants: [...new Set(findings.flatMap(({ grants }) => grants ?? []))] };
}

/**
 * The effect of the whole call is judged after its single objects: for an unknown object it cannot be judged, and a
 * hidden object must be refused in the same way.
 */
function firstDeny(findings: readonly Finding[]): Finding | null {
  const denies = findings.filter(finding => 'deny' in finding);
  return denies.find(({ deny }) => !ofTheWhole.has(deny)) ?? denies[0] ?? null;
}

const ofTheWhole: ReadonlySet<DenyReason> = new Set(['move_widens', 'property_masked', 'property_tested']);

/** Judges one demand. Every demand must find a reason to allow. */
function examine(demand: Demand, call: Call, caller: Caller, facts: Facts): Finding {
  const { object } = demand;
  if (caller.principal.kind === 'system') return { allow: 'system' };
  switch (object.kind) {
    case 'self':
      if (caller.ceiling !== null) return { deny: 'key_lacks_action', demand };
      return byPerson(demand, caller) ?? { allow: 'self' };
    case 'deployment':
      if (!caller.deploymentRights.has(demand.action)) return { deny: 'lacks_deployment_right', demand };
      return byPerson(demand, caller) ?? gift(demand, call, caller, facts) ?? { allow: 'deployment_right' };
    case 'membership':
      return (
        membership(demand, facts) ??
        byKey(demand, caller) ??
        ownership(demand, caller, facts) ??
        gift(demand, call, caller, facts) ?? { allow: 'member' }
      );
    case 'key':
    case 'agent':
    case 'principal':
      return membership(demand, facts) ?? byOwner(object.id, caller, facts) ?? inWorkspace(demand, call, caller, facts);
    default:
      return membership(demand, facts) ?? inWorkspace(demand, call, caller, facts);
  }
}

function inWorkspace(demand: Demand, call: Call, caller: Caller, facts: Facts): Finding {
  const judged = byPolicy(demand, call, caller, facts);
  if ('deny' in judged) return judged;
  return byPerson(demand, caller) ?? ownership(demand, caller, facts) ?? gift(demand, call, caller, facts) ?? judged;
}

/**
 * A caller needs no right for their own things. A limited key does need one: that is a further demand of such an
 * operation.
 */
function byOwner(id: SubjectId, { principal }: Caller, { subjects }: Facts): Finding | null {
  const owners = subjects.get(id)?.owners ?? [];
  return 'id' in principal && owners.includes(principal.id) ? { allow: 'owner' } : null;
}

function byPerson(demand: Demand, { principal, credential }: Caller): Finding | null {
  if (demand.by === undefined) return null;
  if (principal.kind !== 'user') return { deny: 'takes_a_person', demand };
  return demand.by === 'person' || isId('ses', credential) ? null : { deny: 'takes_a_session', demand };
}

function gift(demand: Demand, call: Call, caller: Caller, facts: Facts): Finding | null {
  const tooMuch =
    beyondAuthor(demand, call, caller, facts).length > 0 ||
    reachesBeyond(demand, facts) ||
    widensKey(demand, caller, facts);
  return tooMuch ? { deny: 'gives_too_much', demand } : null;
}

function membership(demand: Demand, facts: Facts): Finding | null {
  if (facts.workspaceId === null) return { deny: 'no_workspace', demand };
  return facts.role === null ? { deny: 'not_a_member', demand } : null;
}

/** What every member may have, a limited key may have only where its limit says so (rule 11). */
function byKey(demand: Demand, caller: Caller): Finding | null {
  const { ceiling, credential } = caller;
  const named = ceiling?.has(demand.action) ?? !isId('key', credential);
  const lacking = (demand.withinKey === true && !withinCeiling(caller, demand.action)) || (demand.keyNames && !named);
  return lacking ? { deny: 'key_lacks_action', demand } : null;
}

function ownership(demand: Demand, { principal }: Caller, facts: Facts): Finding | null {
  if (demand.heldBy !== undefined && !isHolder(demand.heldBy, principal, facts))
    return { deny: 'not_the_owner', demand };
  if (demand.owned !== true) return null;
  const mine = 'id' in demand.object && facts.ownedByCaller.has(demand.object.id);
  return mine ? null : { deny: 'not_the_owner', demand };
}

function isHolder({ principal: holder, workspaceId }: Holding, principal: Principal, facts: Facts): boolean {
  const there = workspaceId === undefined || facts.workspaceId === workspaceId;
  return 'id' in principal && principal.id === holder && there;
}

/**
 * Without a connection it is not possible to look where an object stands, and no call passes. So the caller gets that
 * error, and not that the object is missing.
 */
function unreachable(findings: readonly Finding[], operation: Operation, facts: Facts): Finding | null {
  const denied = findings.find(finding => 'deny' in finding);
  const unknown = denied !== undefined && 'deny' in denied && denied.deny === 'unknown_object';
  return unknown && facts.connection === null ? limits(operation, facts) : null;
}

/** What stops a call that would otherwise be allowed: no connection to serve it, or too many calls at once. */
function limits(operation: Operation, facts: Facts): Finding | null {
  if (facts.callsInFlight >= callsInFlightMax) return { deny: 'too_many_calls' };
  if (!needsConnection(operation) || facts.connection !== null) return null;
  return { deny: facts.connectionTrouble === 'none' ? 'no_connection' : 'connection_blocked' };
}

function needsConnection({ target }: Operation): boolean {
  return target?.kind === 'notion' || target?.connection !== undefined;
}

/** Whether the caller may read all that demands are about, and so what the call returns. */
function mayReadAll(
  demands: readonly Demand[],
  { door, clientAddress }: Call,
  caller: Caller,
  facts: Facts,
  action: Action,
): boolean {
  if (caller.principal.kind === 'system') return true;
  const asker = askerOf(caller, { door, clientAddress }, facts);
  if (asker === null || facts.policy === null) return false;
  const { policy } = facts;
  return demands.every(demand => policy.judge(asker, action, judgedObject(demand, facts)).effect === 'allow');
}

function withinCeiling(caller: Caller, action: Action): boolean {
  return caller.ceiling === null || caller.ceiling.has(action);
}

/** The action that reading what this operation returns would take. */
function readActionOf(operation: Operation): Action {
  if (operation.response.readAction !== null) return operation.response.readAction;
  const first = operation.demands[0]?.action;
  return first !== undefined && (contentActions as readonly Action[]).includes(first) ? 'read' : (first ?? 'read');
}
