import type { Action } from '../domain/action.ts';
import { objectKey } from '../domain/ancestry.ts';
import type { AllowReason, DenyReason } from '../domain/decision-reasons.ts';
import type { Facts } from '../domain/facts.ts';
import type { GrantId } from '../domain/ids.ts';
import type { Call, Demand, ObjectRef } from '../domain/operation.ts';
import type { Asker, JudgedObject, Judgement } from '../domain/policy-snapshot.ts';
import type { Caller } from '../domain/principal.ts';

type Found =
  | { readonly allow: AllowReason; readonly grants: readonly GrantId[] }
  | { readonly deny: DenyReason; readonly demand: Demand; readonly grants: readonly GrantId[] };

/** Judges one demand by the policy of the workspace: its action on its object and, for a move, on what that stands in. */
export function byPolicy(demand: Demand, call: Call, caller: Caller, facts: Facts): Found {
  const { policy } = facts;
  const asker = askerOf(caller, call, facts);
  if (policy === null || asker === null) return { deny: 'not_a_member', demand, grants: [] };
  const object = judgedObject(demand, facts);
  const first = policy.judge(asker, actionOn(demand, object), object);
  if (first.effect === 'deny' || demand.alsoParent !== true) return found(first, demand);
  const parent = policy.judge(asker, demand.action, parentOf(object));
  return found(parent.effect === 'deny' ? parent : { ...first, grants: [...first.grants, ...parent.grants] }, demand);
}

/** Who asks, as the policy knows them. Null for callers that no policy knows: anonymous ones, and the system. */
export function askerOf(
  { principal, ceiling, under, signIn }: Caller,
  { door, clientAddress }: Pick<Call, 'door' | 'clientAddress'>,
  { at }: Pick<Facts, 'at'>,
): Asker | null {
  if (!('id' in principal)) return null;
  const limit = ceiling === null && under === null ? null : { actions: ceiling, under };
  return { principal: principal.id, limit, context: { at, door, address: clientAddress, signIn } };
}

/** What the policy is asked about. What a caller made here themselves hangs on no page. */
export function judgedObject({ object, filtered, owned }: Demand, facts: Facts): JudgedObject {
  if (!isInNotion(object)) return { state: 'workspace', filtered: filtered === true };
  if (owned === true && object.kind !== 'comment') return { state: 'workspace', filtered: true };
  return facts.objects.get(objectKey(object)) ?? { state: 'unknown' };
}

function isInNotion(object: ObjectRef): object is Extract<ObjectRef, { id: string }> & { kind: NotionKind } {
  return 'id' in object && object.kind !== 'key' && object.kind !== 'agent' && object.kind !== 'user';
}

type NotionKind = Exclude<Extract<ObjectRef, { id: string }>['kind'], 'key' | 'agent' | 'user'>;

function actionOn({ action, leafAction }: Demand, object: JudgedObject): Action {
  return leafAction !== undefined && object.state === 'known' && object.leaf === true ? leafAction : action;
}

/** What an object is taken away from when it moves. */
function parentOf(object: JudgedObject): JudgedObject {
  if (object.state !== 'known') return object;
  const path = object.path.slice(1);
  return path.length === 0 ? { state: 'workspace', filtered: false } : { ...object, path };
}

function found({ effect, because, grants }: Judgement, demand: Demand): Found {
  return effect === 'allow'
    ? { allow: because as AllowReason, grants }
    : { deny: because as DenyReason, demand, grants };
}
