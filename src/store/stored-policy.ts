import { isAction } from '../domain/action.ts';
import type { GroupId, PrincipalId } from '../domain/ids.ts';
import type { Group, Policy } from '../domain/policy.ts';
import { type StoredGrant, toGrant } from './stored-grant.ts';

/** A policy, or a part of it, as `json_agg` returns it: null instead of an empty list. */
export interface StoredPolicyRows {
  readonly revision: number;
  readonly members: readonly { readonly id: PrincipalId; readonly role: string }[] | null;
  readonly roles: readonly { readonly name: string; readonly actions: readonly string[] }[] | null;
  readonly groups: readonly StoredGroup[] | null;
  readonly grants: readonly StoredGrant[] | null;
}

interface StoredGroup {
  readonly id: GroupId;
  readonly name: string;
  readonly principals: readonly PrincipalId[] | null;
  readonly groups: readonly GroupId[] | null;
}

export function toPolicy({ revision, members, roles, groups, grants }: StoredPolicyRows): Policy {
  return {
    revision,
    members: new Map(members?.map(({ id, role }) => [id, role])),
    // Ignores actions that only a later Portcullis knows.
    roles: new Map(roles?.map(({ name, actions }) => [name, new Set(actions.filter(isAction))])),
    groups: new Map(groups?.map(group => [group.id, toGroup(group)])),
    grants: (grants ?? []).map(toGrant),
  };
}

function toGroup({ id, name, principals, groups }: StoredGroup): Group {
  return { id, name, principals: principals ?? [], groups: groups ?? [] };
}
