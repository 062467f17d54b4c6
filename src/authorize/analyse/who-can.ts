import type { Action } from '../../domain/action.ts';
import type { Capable } from '../../domain/explained.ts';
import type { PrincipalId } from '../../domain/ids.ts';
import type { JudgedObject } from '../../domain/policy-snapshot.ts';
import { type ActionMask, bitOf } from '../action-bits.ts';
import type { CompiledPolicy } from '../compile-policy.ts';
import { classOf, type EngineParts } from '../engine.ts';
import { type Residual, reachOf, residual, wordsAt, wordsOn } from '../gain.ts';
import { everyone, memberNumbersOf } from '../member-numbers.ts';
import type { ReadyGrant } from '../ready-grant.ts';
import type { SubjectClass } from '../subject-class.ts';

type Capability = Omit<Capable, 'principal'>;

const byRole: Capability = { calls: 'always', because: 'role', grants: [] };

/**
 * Every member who may do something with an object that stands somewhere, or with the workspace itself, from a moment on.
 * What only some calls may do, by conditions, is `sometimes`; what the object's properties decide is decided. Looks closely
 * at those for whom a grant stands on the way up; for the others the role decides.
 */
export function whoCan({ parts }: CompiledPolicy, action: Action, object: JudgedObject, at: Date): Capable[] {
  if (object.state !== 'known' && object.state !== 'workspace') return [];
  const anchor = object.state === 'known' ? parts.standing.anchors.of(object.path) : 0;
  const words = object.state === 'known' ? (grant: ReadyGrant) => wordsOn(grant, object, at) : wordsAt(at);
  const bit = bitOf(action);
  const known = new Map<SubjectClass, Capability | null>();
  const byClass = (itsClass: SubjectClass): Capability | null => {
    const before = known.get(itsClass);
    const found = before === undefined ? capability(residual(itsClass.applicable(anchor), words), bit) : before;
    known.set(itsClass, found);
    return found;
  };
  const { members, roles } = memberNumbersOf(parts);
  const concerned = concernedAt(parts, anchor);
  const found: Capable[] = [];
  for (let n = 0; n < members.length; n++) {
    const principal = members[n] as PrincipalId;
    const itsClass = concerned[n] === 1 ? classOf(parts, principal) : null;
    const role = ((roles[n] ?? 0) & bit) === 0 ? null : byRole;
    const how = itsClass === null ? role : byClass(itsClass);
    if (how !== null) found.push({ principal, calls: how.calls, because: how.because, grants: how.grants });
  }
  return found;
}

/** Marks (1) the members for whom anything stands on the way up, or a limit anywhere. */
function concernedAt(parts: EngineParts, anchor: number): Uint8Array {
  const { members, bySubject, limited } = memberNumbersOf(parts);
  const { anchors } = parts.standing;
  const subjects = new Set(limited);
  for (let node = anchor; node !== -1; node = anchors.parentOf(node)) {
    for (const subject of parts.standing.at(anchors.edgeAt(node))?.keys() ?? []) subjects.add(subject);
  }
  const marks = new Uint8Array(members.length);
  for (const subject of subjects) {
    if (subject === everyone) marks.fill(1);
    else for (const member of bySubject.get(subject) ?? []) marks[member] = 1;
  }
  return marks;
}

function capability(residues: Residual, bit: ActionMask): Capability | null {
  const calls = reachOf(residues, bit);
  if (calls === 'never') return null;
  const because = (residues.role & bit) === 0 ? 'grant' : 'role';
  const allowing = residues.allows.filter(({ grant }) => (grant.mask & bit) !== 0);
  return { calls, because, grants: allowing.map(({ grant }) => grant.grant.id) };
}
