import { type Action, contentActions } from '../domain/action.ts';
import type { KeyLimit } from '../domain/grant.ts';
import type { Policy } from '../domain/policy.ts';
import type { Asker, JudgedObject, Judgement, PolicySnapshot } from '../domain/policy-snapshot.ts';
import { bitOf } from './action-bits.ts';
import { judgeBy, judgement } from './applicable.ts';
import { actionsOfRole, classOf, compileParts, type EngineParts } from './engine.ts';
import { hides } from './ready-grant.ts';
import type { SubjectClass } from './subject-class.ts';
import { widens } from './widens.ts';
import { judgeFiltered, judgeUnresolved } from './without-place.ts';

/** A snapshot with its parts, for the analysis beside it. */
export interface CompiledPolicy extends PolicySnapshot {
  readonly parts: EngineParts;
}

/** Makes a policy ready to answer (design section 6). Pure. */
export function compilePolicy(policy: Policy): CompiledPolicy {
  return snapshotOf(compileParts(policy));
}

/** The parts of a snapshot. If it was made here, it has them already. */
export function compiled(snapshot: PolicySnapshot): CompiledPolicy {
  return 'parts' in snapshot ? (snapshot as CompiledPolicy) : compilePolicy(snapshot.source);
}

export function snapshotOf(parts: EngineParts): CompiledPolicy {
  const { policy } = parts;
  let tested: ReadonlySet<string> | null = null;

  /** The rights of the principal; a key takes from them, and adds nothing. */
  function judge(asker: Asker, action: Action, object: JudgedObject): Judgement {
    const itsClass = classOf(parts, asker.principal);
    if (itsClass === null) return notAMember;
    const found = judgeObject(parts, itsClass, asker, action, object);
    return found.effect === 'deny' ? found : (beyondKey(asker.limit, action, object) ?? found);
  }

  return {
    parts,
    revision: policy.revision,
    source: policy,
    roleOf: principal => policy.members.get(principal) ?? null,
    ofRole: role => actionsOfRole(policy, role),
    dependsOnPages: ({ principal, limit }) =>
      limit?.under != null || classOf(parts, principal)?.dependsOnPages === true,
    judge,
    may(asker, action, object) {
      const itsClass = classOf(parts, asker.principal);
      if (itsClass === null) return false;
      if (object.state !== 'known') return judge(asker, action, object).effect === 'allow';
      const anchor = parts.standing.anchors.of(object.path);
      const bit = bitOf(action);
      const { always, conditional } = itsClass.masksAt(anchor);
      const allowed =
        (conditional & bit) === 0
          ? (always & bit) !== 0
          : judgeBy(itsClass.applicable(anchor), bit, asker.context, object).effect === 'allow';
      return allowed && beyondKey(asker.limit, action, object) === null;
    },
    hasExceptions: ({ principal, limit }, action) =>
      limit?.under != null || ((classOf(parts, principal)?.exceptions ?? 0) & bitOf(action)) !== 0,
    exceptionsOf: ({ principal }, action) => classOf(parts, principal)?.exceptionsOf(bitOf(action)) ?? [],
    maskedProperties(asker, action, object) {
      const masks = classOf(parts, asker.principal)?.masks ?? [];
      if (masks.length === 0) return noProperties;
      const hiding = masks.filter(mask => (mask.mask & bitOf(action)) !== 0 && hides(mask, asker.context, object));
      return new Set(hiding.flatMap(({ grant }) => grant.properties ?? []));
    },
    widens: (before, after, context) => widens(parts, before, after, context.at),
    get testedProperties() {
      tested ??= new Set(policy.grants.flatMap(({ when }) => Object.keys(when?.property ?? {})));
      return tested;
    },
  };
}

const noProperties: ReadonlySet<string> = new Set();
const notAMember = judgement('deny', 'not_a_member');
const outsideRole = judgement('deny', 'role_lacks_action');

function judgeObject(
  { standing }: EngineParts,
  itsClass: SubjectClass,
  { context }: Asker,
  action: Action,
  object: JudgedObject,
): Judgement {
  const bit = bitOf(action);
  if (bit === 0) return outsideRole;
  const { role, grants } = itsClass;
  switch (object.state) {
    case 'known':
      return judgeBy(itsClass.applicable(standing.anchors.of(object.path)), bit, context, object);
    case 'workspace':
      if (object.filtered) return judgeFiltered(role, grants, bit, context, object);
      return judgeBy(itsClass.applicable(0), bit, context, object);
    default:
      return judgeUnresolved(role, grants, bit, context, object);
  }
}

/** Why a key does not do what its principal may; null: it does. */
function beyondKey(limit: KeyLimit | null, action: Action, object: JudgedObject): Judgement | null {
  if (limit === null) return null;
  if (limit.actions?.has(action) === false) return judgement('deny', 'key_lacks_action');
  if (limit.under === null || isWithinKeyPages(limit, action, object)) return null;
  if (object.state === 'unknown') return judgement('deny', 'unknown_object');
  return judgement('deny', object.state === 'stale' ? 'stale_object' : 'outside_key_pages');
}

/** What a key that is limited to pages reaches: content under them, and what its limit of actions names beside content. */
function isWithinKeyPages({ actions, under }: KeyLimit, action: Action, object: JudgedObject): boolean {
  if (!(contentActions as readonly Action[]).includes(action)) return actions !== null;
  if (object.state === 'workspace') return object.filtered;
  return object.state === 'known' && object.path.some(({ id }) => under?.includes(id));
}
