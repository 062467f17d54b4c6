import type { Action } from '../domain/action.ts';
import type { Grant } from '../domain/grant.ts';
import type { GrantId, GroupId, PrincipalId } from '../domain/ids.ts';
import type { Group, Policy } from '../domain/policy.ts';
import { type CompiledPolicy, compilePolicy, snapshotOf } from './compile-policy.ts';
import { actionsOfRole, type EngineParts } from './engine.ts';
import { groupsByPrincipal } from './groups-of.ts';
import { type ReadyGrant, readyGrant } from './ready-grant.ts';
import { subjectKey } from './standing-grants.ts';

/** One change of a policy. */
export type PolicyChange =
  /** Null: is no member any more. */
  | { readonly kind: 'member'; readonly id: PrincipalId; readonly role: string | null }
  | { readonly kind: 'group'; readonly group: Group }
  | { readonly kind: 'group_removed'; readonly id: GroupId }
  /** Null: the role is gone. */
  | { readonly kind: 'role'; readonly name: string; readonly actions: ReadonlySet<Action> | null }
  | { readonly kind: 'grants'; readonly removed: readonly GrantId[]; readonly added: readonly Grant[] };

/** After pages moved and grants came and went, some anchors are left that nothing uses. */
const anchorsLeftMax = 100_000;

/**
 * The policy after a change, at its revision. It costs as much as the change touches: what is remembered about other
 * principals stays. The result equals the compilation of the changed policy; the earlier snapshot still gives its old
 * answers.
 */
export function applyChange(snapshot: CompiledPolicy, change: PolicyChange, revision: number): CompiledPolicy {
  const { parts } = snapshot;
  const policy = changedPolicy(parts.policy, change, revision);
  if (parts.standing.anchors.size > 4 * policy.grants.length + anchorsLeftMax) return compilePolicy(policy);
  switch (change.kind) {
    case 'member': {
      const classByPrincipal = new Map(parts.classByPrincipal);
      classByPrincipal.delete(change.id);
      return snapshotOf({ ...parts, policy, classByPrincipal });
    }
    case 'group':
    case 'group_removed':
      return snapshotOf({ ...parts, policy, groupsOf: groupsByPrincipal(policy), classByPrincipal: new Map() });
    case 'role': {
      const byRole = [...parts.ready.values()].filter(
        ({ grant }) => 'role' in grant.actions && grant.actions.role === change.name,
      );
      return snapshotOf(
        withGrants(
          parts,
          policy,
          byRole,
          byRole.map(({ grant }) => grant),
        ),
      );
    }
    case 'grants': {
      const removed = change.removed.flatMap(id => parts.ready.get(id) ?? []);
      return snapshotOf(withGrants(parts, policy, removed, change.added));
    }
  }
}

/** The policy as data after a change. */
export function changedPolicy(policy: Policy, change: PolicyChange, revision: number): Policy {
  switch (change.kind) {
    case 'member':
      return { ...policy, revision, members: changedMap(policy.members, change.id, change.role) };
    case 'group':
      return { ...policy, revision, groups: changedMap(policy.groups, change.group.id, change.group) };
    case 'group_removed':
      return { ...policy, revision, groups: changedMap(policy.groups, change.id, null) };
    case 'role':
      return { ...policy, revision, roles: changedMap(policy.roles, change.name, change.actions) };
    case 'grants': {
      const gone = new Set([...change.removed, ...change.added.map(({ id }) => id)]);
      return { ...policy, revision, grants: [...policy.grants.filter(({ id }) => !gone.has(id)), ...change.added] };
    }
  }
}

function changedMap<K, V>(map: ReadonlyMap<K, V>, key: K, value: V | null): ReadonlyMap<K, V> {
  const changed = new Map(map);
  if (value === null) changed.delete(key);
  else changed.set(key, value);
  return changed;
}

/** Only classes whose grants change forget anything. */
function withGrants(
  parts: EngineParts,
  policy: Policy,
  removed: readonly ReadyGrant[],
  grants: readonly Grant[],
): EngineParts {
  const added = grants.map(grant => readyGrant(grant, role => actionsOfRole(policy, role)));
  // A grant of a known id takes the place of the one that has it.
  const replaced = added.flatMap(({ grant }) => parts.ready.get(grant.id) ?? []);
  const gone = new Set([...removed, ...replaced]);
  const standing = parts.standing.with([...gone], added);
  const ready = new Map(parts.ready);
  for (const { grant } of gone) ready.delete(grant.id);
  for (const grant of added) ready.set(grant.grant.id, grant);
  const touched = new Set([...gone, ...added].map(({ grant }) => subjectKey(grant.subject)));
  const classes = new Map(
    [...parts.classes].filter(([, { subjects }]) => !subjects.some(subject => touched.has(subject))),
  );
  for (const kept of classes.values()) kept.moveTo(standing);
  return { ...parts, policy, ready, standing, classes, classByPrincipal: new Map() };
}
