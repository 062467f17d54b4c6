import type { Action } from '../domain/action.ts';
import type { Facts } from '../domain/facts.ts';
import { whereAmong } from '../domain/gift-places.ts';
import { newId, type PrincipalId } from '../domain/ids.ts';
import type { Policy } from '../domain/policy.ts';
import type { Asker } from '../domain/policy-snapshot.ts';
import type { Gift } from '../domain/subjects.ts';
import { beyondGrantor } from './amplification.ts';
import { compilePolicy } from './compile-policy.ts';

/**
 * What a gift lets a principal do in places where its author may not (rule 8). A new member gets the grants for
 * everyone, and the holder of a sign-in link gets those of its person. It compares the policy with the gift and without
 * it.
 */
export function beyondByPlace(gift: Gift, asker: Asker, { policy, subjects, objects }: Facts): readonly Action[] {
  const change = policy === null ? null : changeBy(gift, policy.source, subjects, asker.principal);
  if (change === null) return [];
  const { limit } = asker;
  // Whether the pages of a new key are within those of the key that makes it is looked at by itself.
  const author = gift.kind === 'key' && limit !== null ? { ...asker, limit: { ...limit, under: null } } : asker;
  const under = gift.kind === 'key' ? (gift.under ?? limit?.under ?? null) : null;
  return beyondGrantor(compilePolicy(change.without), change.withIt, author, { whereIs: whereAmong(objects), under });
}

interface Change {
  readonly without: Policy;
  readonly withIt: Policy;
}

function changeBy(gift: Gift, source: Policy, subjects: Facts['subjects'], author: PrincipalId): Change | null {
  switch (gift.kind) {
    case 'role':
      return { without: source, withIt: withMember(source, gift.to ?? newId('usr'), gift.role) };
    case 'invitation': {
      const role = subjects.get(gift.id)?.role ?? null;
      return role === null ? null : { without: source, withIt: withMember(source, newId('usr'), role) };
    }
    case 'identity':
      return gift.of === author ? null : { without: withoutMember(source, gift.of), withIt: source };
    case 'key':
      return gift.of === undefined || gift.of === author
        ? null
        : { without: withoutMember(source, gift.of), withIt: source };
    default:
      return null;
  }
}

function withMember(source: Policy, id: PrincipalId, role: string): Policy {
  return { ...source, members: new Map([...source.members, [id, role]]) };
}

function withoutMember(source: Policy, id: PrincipalId): Policy {
  return { ...source, members: new Map([...source.members].filter(([member]) => member !== id)) };
}
