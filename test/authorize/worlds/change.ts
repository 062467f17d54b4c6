import type { PolicyChange } from '../../../src/authorize/apply-change.ts';
import type { GroupId } from '../../../src/domain/ids.ts';
import type { Policy } from '../../../src/domain/policy.ts';
import type { Random } from './random.ts';
import { createGrant, uuidOf, type World, worldActions } from './world.ts';

/** One change of a policy, as people make them. */
export function createChange(random: Random, policy: Policy, { principals, tree }: World): PolicyChange {
  const groups = [...policy.groups.values()];
  const kind = random.pick(['grant', 'grant', 'revoke', 'member', 'join', 'nest', 'role', 'group_removed'] as const);
  const group = groups.length === 0 ? null : random.pick(groups);
  switch (kind) {
    case 'grant': {
      const all = [...policy.groups.keys()];
      const added = [createGrant(random, random.below(40), principals, all, [...tree.keys()])];
      return { kind: 'grants', removed: [], added };
    }
    case 'revoke': {
      const removed = policy.grants.length === 0 ? [] : [random.pick(policy.grants).id];
      return { kind: 'grants', removed, added: [] };
    }
    case 'member': {
      const role = random.pick(['admin', 'editor', 'viewer', 'guest', 'odd', null]);
      return { kind: 'member', id: random.pick(principals), role };
    }
    case 'role':
      return {
        kind: 'role',
        name: random.pick(['reader', 'odd']),
        actions: random.chance(0.1) ? null : new Set(random.some(worldActions, 0.5)),
      };
    case 'group_removed':
      if (group !== null && random.chance(0.3)) return { kind: 'group_removed', id: group.id };
      break;
    case 'nest':
      if (group !== null)
        return { kind: 'group', group: { ...group, groups: random.some([...policy.groups.keys()], 0.4) } };
      break;
    case 'join':
      if (group !== null) return { kind: 'group', group: { ...group, principals: random.some(principals, 0.5) } };
      break;
  }
  const id = `grp_${uuidOf(1 + random.below(4))}` as GroupId;
  return { kind: 'group', group: { id, name: id, principals: random.some(principals, 0.5), groups: [] } };
}
