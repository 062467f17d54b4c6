import type { PrincipalId } from '../domain/ids.ts';
import { type ActionMask, maskOf } from './action-bits.ts';
import { actionsOfRole, type EngineParts } from './engine.ts';
import { subjectKey } from './standing-grants.ts';

/** The subject that all members are. */
export const everyone = 'everyone';

/** All members by number, for questions about everybody. */
export interface MemberNumbers {
  readonly members: readonly PrincipalId[];
  /** What the role of each allows. */
  readonly roles: Int32Array;
  /** Who a principal or a group is; not `everyone`. */
  readonly bySubject: ReadonlyMap<string, readonly number[]>;
  /** Subjects that a `limit` takes something from wherever it does not stand. */
  readonly limited: readonly string[];
}

/** Made when first asked for. */
const known = new WeakMap<EngineParts, MemberNumbers>();

export function memberNumbersOf(parts: EngineParts): MemberNumbers {
  const found = known.get(parts) ?? numberMembers(parts);
  known.set(parts, found);
  return found;
}

function numberMembers({ policy, groupsOf, ready }: EngineParts): MemberNumbers {
  const members = [...policy.members.keys()];
  const masks = new Map<string, ActionMask>();
  const maskOfRole = (role: string) => masks.get(role) ?? maskOf(actionsOfRole(policy, role));
  for (const role of policy.members.values()) masks.set(role, maskOfRole(role));
  const roles = Int32Array.from(policy.members.values(), role => masks.get(role) ?? 0);
  const bySubject = new Map<string, number[]>();
  for (const [number, principal] of members.entries()) {
    for (const subject of [principal, ...(groupsOf.get(principal) ?? [])]) {
      const list = bySubject.get(subject);
      if (list === undefined) bySubject.set(subject, [number]);
      else list.push(number);
    }
  }
  const limits = [...ready.values()].filter(({ grant }) => grant.effect === 'limit');
  return { members, roles, bySubject, limited: limits.map(({ grant }) => subjectKey(grant.subject)) };
}
