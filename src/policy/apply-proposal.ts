import { isRole } from '../domain/action.ts';
import type { Grant } from '../domain/grant.ts';
import { type GroupId, isId, newId, type PrincipalId } from '../domain/ids.ts';
import type { Group, Policy } from '../domain/policy.ts';
import type { PolicyDocument, PolicyProposal, ProposedGrant } from '../domain/policy-proposal.ts';
import { createNames, type NamedMember, type SubjectNames, UnknownName } from './names.ts';

/** What a proposal makes of a policy, or everything that is wrong with it. */
export type Applied = { readonly policy: Policy } | { readonly problems: readonly string[] };

export interface ProposalContext {
  readonly members: readonly NamedMember[];
  readonly author: PrincipalId | null;
  readonly at: Date;
}

/** Applies a proposal to a policy. Pure: the revision stays, since only the database moves it. */
export function applyProposal(before: Policy, proposal: Appliable, context: ProposalContext): Applied {
  const problems: string[] = [];
  const policy = change(before, proposal, context, problems);
  if (policy !== null) {
    checkRoles(policy, problems);
    keepAnAdmin(before, policy, problems);
  }
  return policy === null || problems.length > 0 ? { problems } : { policy };
}

/** The proposal to apply. A draft has been read from its store before. */
type Appliable = Exclude<PolicyProposal, { kind: 'promote_draft' }>;

function change(before: Policy, proposal: Appliable, context: ProposalContext, problems: string[]): Policy | null {
  const names = createNames(context.members, before.groups);
  switch (proposal.kind) {
    case 'add_grant': {
      const grant = toGrant(proposal.grant, proposal.id, names, context, problems);
      return grant && { ...before, grants: [...before.grants, grant] };
    }
    case 'remove_grant':
      return { ...before, grants: before.grants.filter(({ id }) => id !== proposal.id) };
    case 'set_group':
      return withGroup(before, proposal.name, proposal.members, context, problems);
    case 'remove_group':
      return withoutGroup(before, proposal.name, problems);
    case 'set_role':
      return { ...before, roles: new Map([...before.roles, [proposal.name, new Set(proposal.actions)]]) };
    case 'remove_role':
      return { ...before, roles: new Map([...before.roles].filter(([name]) => name !== proposal.name)) };
    case 'replace':
      return fromDocument(before, proposal.document, context, problems);
  }
}

function withGroup(
  before: Policy,
  name: string,
  members: readonly string[],
  context: ProposalContext,
  problems: string[],
): Policy {
  const known = [...before.groups.values()].find(group => group.name === name);
  const empty: Group = known ?? { id: newId('grp'), name, principals: [], groups: [] };
  const groups = new Map([...before.groups, [empty.id, empty]]);
  const filled = fill(empty, members, createNames(context.members, groups), problems);
  return checkNesting({ ...before, groups: new Map([...groups, [filled.id, filled]]) }, problems);
}

function withoutGroup(before: Policy, name: string, problems: string[]): Policy {
  const gone = [...before.groups.values()].find(group => group.name === name);
  if (gone === undefined) return before;
  const used = before.grants.some(({ subject }) => subject.kind === 'group' && subject.id === gone.id);
  if (used) problems.push(`Grants are for the group "${name}": remove them first.`);
  const groups = [...before.groups.values()]
    .filter(({ id }) => id !== gone.id)
    .map(group => [group.id, { ...group, groups: group.groups.filter(id => id !== gone.id) }] as const);
  return { ...before, groups: new Map(groups) };
}

/** A group that stays in a document keeps its id; so does a grant that stays word for word. */
function fromDocument(before: Policy, document: PolicyDocument, context: ProposalContext, problems: string[]): Policy {
  const roles = new Map(Object.entries(document.roles).map(([name, actions]) => [name, new Set(actions)] as const));
  const idByName = new Map([...before.groups.values()].map(({ id, name }) => [name, id]));
  const empty = Object.keys(document.groups).map(
    name => ({ id: idByName.get(name) ?? newId('grp'), name, principals: [], groups: [] }) satisfies Group,
  );
  const all = new Map<GroupId, Group>(empty.map(group => [group.id, group]));
  const names = createNames(context.members, all);
  const groups = new Map(
    empty.map(group => [group.id, fill(group, document.groups[group.name] ?? [], names, problems)]),
  );
  const members = document.members === null ? before.members : membersOf(before, document.members, names, problems);
  const kept = new Map(before.grants.map(grant => [wordsOf(grant), grant]));
  const grants = document.grants.flatMap(proposed => {
    const grant = toGrant(proposed, newId('grt'), names, context, problems);
    return grant === null ? [] : [kept.get(wordsOf(grant)) ?? grant];
  });
  for (const { never } of document.invariants) lookUp(() => names.subject(never.who), problems);
  for (const { who } of document.tests) lookUp(() => names.subject(who), problems);
  return checkNesting({ ...before, roles, members, groups, grants: [...new Set(grants)] }, problems);
}

function membersOf(
  before: Policy,
  roles: NonNullable<PolicyDocument['members']>,
  names: SubjectNames,
  problems: string[],
): ReadonlyMap<PrincipalId, string> {
  const members = new Map<PrincipalId, string>();
  for (const [name, role] of Object.entries(roles)) {
    const id = lookUp(() => names.principal(name), problems);
    if (id !== null) members.set(id, role);
  }
  for (const id of before.members.keys()) {
    if (!members.has(id))
      problems.push(`members: ${names.nameOf(id)} is missing. People are removed as members, not here.`);
  }
  return members;
}

function fill(group: Group, members: readonly string[], names: SubjectNames, problems: string[]): Group {
  const principals = new Set<PrincipalId>();
  const groups = new Set<GroupId>();
  for (const name of members) {
    const subject = lookUp(() => names.subject(name), problems);
    if (subject?.kind === 'principal') principals.add(subject.id);
    else if (subject?.kind === 'group') groups.add(subject.id);
    else if (subject !== null) problems.push(`groups.${group.name}: "everyone" cannot be in a group.`);
  }
  return { ...group, principals: [...principals].sort(), groups: [...groups].sort() };
}

/** A group may hold groups, and those hold no groups: so there are no cycles either. */
function checkNesting(policy: Policy, problems: string[]): Policy {
  for (const { name, groups } of policy.groups.values()) {
    for (const id of groups) {
      const inner = policy.groups.get(id);
      if (inner === undefined || inner.groups.length === 0) continue;
      problems.push(`groups.${name}: "group:${inner.name}" holds groups itself. Groups are nested once.`);
    }
  }
  return policy;
}

function toGrant(
  { to, actions, ...proposed }: ProposedGrant,
  id: Grant['id'],
  names: SubjectNames,
  { author, at }: ProposalContext,
  problems: string[],
): Grant | null {
  const subject = lookUp(() => names.subject(to), problems);
  return subject && { ...proposed, id, subject, actions, createdBy: author, createdAt: at };
}

function lookUp<T>(find: () => T, problems: string[]): T | null {
  try {
    return find();
  } catch (error) {
    if (!(error instanceof UnknownName)) throw error;
    problems.push(error.message);
    return null;
  }
}

function checkRoles({ roles, members, grants }: Policy, problems: string[]): void {
  const used = [...members.values(), ...grants.flatMap(({ actions }) => ('role' in actions ? [actions.role] : []))];
  for (const role of new Set(used)) {
    if (!isRole(role, roles)) problems.push(`There is no role "${role}".`);
  }
}

/** A workspace keeps at least one admin who is a person. */
function keepAnAdmin(before: Policy, after: Policy, problems: string[]): void {
  const has = ({ members }: Policy) => [...members].some(([id, role]) => role === 'admin' && isId('usr', id));
  if (has(before) && !has(after))
    problems.push('A workspace keeps its last admin. Make another person an admin first.');
}

/** Everything that a grant says, without its time and its author. Two grants with the same words are one. */
function wordsOf({ effect, subject, actions, scopes, when, properties, reason }: Grant): string {
  const sorted = 'role' in actions ? actions : [...actions].sort();
  return inOneOrder([effect, subject, sorted, scopes, when, properties && [...properties].sort(), reason]);
}

/** JSON with sorted keys: a stored grant may have another order than the written one. */
function inOneOrder(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
