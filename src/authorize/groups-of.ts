import type { GroupId, PrincipalId } from '../domain/ids.ts';
import type { Policy } from '../domain/policy.ts';

export type GroupsByPrincipal = ReadonlyMap<PrincipalId, ReadonlySet<GroupId>>;

/** The direct groups, and the groups that hold them: only one level, even if the data has more. */
export function groupsByPrincipal({ groups }: Pick<Policy, 'groups'>): GroupsByPrincipal {
  const holders = new Map<GroupId, GroupId[]>();
  for (const { id, groups: inner } of groups.values()) {
    for (const held of inner) holders.set(held, [...(holders.get(held) ?? []), id]);
  }
  const found = new Map<PrincipalId, Set<GroupId>>();
  for (const { id, principals } of groups.values()) {
    const all = [id, ...(holders.get(id) ?? [])];
    for (const principal of principals) {
      const known = found.get(principal);
      if (known === undefined) found.set(principal, new Set(all));
      else for (const group of all) known.add(group);
    }
  }
  return found;
}
