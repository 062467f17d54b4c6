import type { Action } from '../domain/action.ts';
import { type Ancestry, objectKey } from '../domain/ancestry.ts';
import { askerOf } from '../domain/asker-of.ts';
import type { AllowReason, DenyReason } from '../domain/decision-reasons.ts';
import type { Facts } from '../domain/facts.ts';
import type { GrantId } from '../domain/ids.ts';
import { anyProperty, type Call, type Demand, type ObjectRef } from '../domain/operation.ts';
import type { Asker, JudgedObject, Judgement, PolicySnapshot } from '../domain/policy-snapshot.ts';
import type { Caller } from '../domain/principal.ts';

type Found =
  | { readonly allow: AllowReason; readonly grants: readonly GrantId[] }
  | { readonly deny: DenyReason; readonly demand: Demand; readonly grants: readonly GrantId[] };

/** Judges one demand by the policy of the workspace. */
export function byPolicy(demand: Demand, call: Call, caller: Caller, facts: Facts): Found {
  const { policy } = facts;
  const asker = askerOf(caller, call, facts);
  if (policy === null || asker === null) return { deny: 'not_a_member', demand, grants: [] };
  const object = judgedObject(demand, facts);
  const judgement = policy.judge(asker, actionOn(demand, object), object);
  if (judgement.effect === 'deny') return found(judgement, demand);
  const mayGrant = () => policy.judge(asker, 'grants', wholeWorkspace).effect === 'allow';
  const refusal =
    byParent(demand, object, asker, policy) ??
    byMove(demand, object, asker, facts, mayGrant) ??
    byProperties(demand, object, asker, policy, mayGrant);
  return refusal ?? found(judgement, demand);
}

const wholeWorkspace: JudgedObject = { state: 'workspace', filtered: false };

/** A move takes a page away from its parent, which must be allowed there too. */
function byParent(demand: Demand, object: JudgedObject, asker: Asker, policy: PolicySnapshot): Found | null {
  if (demand.alsoParent !== true) return null;
  const parent = policy.judge(asker, demand.action, parentOf(object));
  return parent.effect === 'deny' ? found(parent, demand) : null;
}

/** A move that gives any member more than before needs the right to give it (rule 9). */
function byMove(
  demand: Demand,
  object: JudgedObject,
  asker: Asker,
  facts: Facts,
  mayGrant: () => boolean,
): Found | null {
  const { movesUnder } = demand;
  if (movesUnder === undefined || facts.policy === null || object.state === 'workspace') return null;
  const under = judgedObject({ action: demand.action, object: movesUnder }, facts);
  const after = movedTo(object, under);
  return !facts.policy.widens(object, after, asker.context) || mayGrant()
    ? null
    : { deny: 'move_widens', demand, grants: [] };
}

/** Where the object stands after the move. */
function movedTo(object: Ancestry, under: JudgedObject): Ancestry {
  if (object.state !== 'known') return object;
  const itself = object.path.slice(0, 1);
  if (under.state === 'workspace') return { ...object, path: itself };
  if (under.state !== 'known') return under;
  const properties = new Map([...(under.properties ?? []), ...(object.properties ?? [])]);
  return { state: 'known', path: [...itself, ...under.path], properties };
}

/**
 * Masked properties cannot be written. A property that a condition tests can be written only by callers who may give
 * permissions (rule 9).
 */
function byProperties(
  demand: Demand,
  object: JudgedObject,
  asker: Asker,
  policy: PolicySnapshot,
  mayGrant: () => boolean,
): Found | null {
  const { writes } = demand;
  if (writes === undefined || object.state === 'workspace') return null;
  const masked = policy.maskedProperties(asker, 'update', object);
  // A caller who could rename a hidden column would see it under the new name.
  const hidden = demand.action === 'manage' ? policy.maskedProperties(asker, 'read', object) : masked;
  if (writesOneOf(writes, masked) || writesOneOf(writes, hidden))
    return { deny: 'property_masked', demand, grants: [] };
  if (!writesOneOf(writes, policy.testedProperties) || mayGrant()) return null;
  return { deny: 'property_tested', demand, grants: [] };
}

function writesOneOf(writes: readonly string[], properties: ReadonlySet<string>): boolean {
  return properties.size > 0 && writes.some(name => name === anyProperty || properties.has(name));
}

/** What the policy is asked about. What a caller made here themselves hangs on no page. */
export function judgedObject({ object, filtered, owned }: Demand, facts: Facts): JudgedObject {
  if (!isInNotion(object)) return { state: 'workspace', filtered: filtered === true };
  if (owned === true && object.kind !== 'comment') return { state: 'workspace', filtered: true };
  return facts.objects.get(objectKey(object)) ?? { state: 'unknown' };
}

function isInNotion(object: ObjectRef): object is Extract<ObjectRef, { id: string }> & { kind: NotionKind } {
  return 'id' in object && !notNotions.has(object.kind);
}

const notNotions: ReadonlySet<string> = new Set(['key', 'agent', 'principal', 'user']);

type NotionKind = Exclude<Extract<ObjectRef, { id: string }>['kind'], 'key' | 'agent' | 'principal' | 'user'>;

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
