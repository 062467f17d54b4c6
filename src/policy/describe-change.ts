import type { RecordedEvent } from '../domain/event.ts';
import type { EventName } from '../domain/event-names.ts';
import type { Grant } from '../domain/grant.ts';
import type { WorkspaceId } from '../domain/ids.ts';
import type { CommandContext } from '../domain/operation.ts';
import type { Policy } from '../domain/policy.ts';
import type { PolicyProposal } from '../domain/policy-proposal.ts';
import { principalIdOf } from '../domain/principal.ts';
import type { StoredPolicy } from './policy-store.ts';

const nameOfKind: Readonly<Record<PolicyProposal['kind'], EventName>> = {
  add_grant: 'policy.grant_added',
  remove_grant: 'policy.grant_removed',
  set_group: 'policy.group_set',
  remove_group: 'policy.group_removed',
  set_role: 'policy.role_set',
  remove_role: 'policy.role_removed',
  replace: 'policy.replaced',
  promote_draft: 'policy.replaced',
};

/** The entry for a change: the state before and after, as JSON, without the parts that stayed. */
export function describeChange(
  { caller, clientAddress, requestId }: CommandContext,
  workspaceId: WorkspaceId,
  proposal: PolicyProposal,
  { policy: before }: StoredPolicy,
  after: Policy,
): RecordedEvent {
  return {
    name: nameOfKind[proposal.kind],
    workspaceId,
    principalId: principalIdOf(caller),
    result: 'success',
    clientAddress,
    requestId,
    detail: {
      fromRevision: before.revision,
      ...(proposal.kind === 'promote_draft' && { draft: proposal.draft }),
      before: JSON.stringify(onlyIn(before, after)),
      after: JSON.stringify(onlyIn(after, before)),
    },
  };
}

/** The parts that one policy has and the other does not. */
function onlyIn(policy: Policy, other: Policy) {
  return {
    roles: entriesOnlyIn(policy.roles, other.roles, actions => [...actions].sort()),
    groups: entriesOnlyIn(policy.groups, other.groups, ({ name, principals, groups }) => ({
      name,
      principals,
      groups,
    })),
    members: entriesOnlyIn(policy.members, other.members, role => role),
    grants: policy.grants.filter(({ id }) => !other.grants.some(grant => grant.id === id)).map(said),
  };
}

function entriesOnlyIn<K, V>(map: ReadonlyMap<K, V>, other: ReadonlyMap<K, V>, say: (value: V) => unknown) {
  return [...map].flatMap(([key, value]) => {
    const said = say(value);
    const before = other.get(key);
    const same = before !== undefined && JSON.stringify(say(before)) === JSON.stringify(said);
    return same ? [] : [[key, said] as const];
  });
}

function said({ createdAt: _, ...grant }: Grant) {
  return grant;
}
