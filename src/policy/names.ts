import type { GrantSubject } from '../domain/grant.ts';
import { type GroupId, isId, type PrincipalId } from '../domain/ids.ts';
import type { Group, Policy } from '../domain/policy.ts';

/** A member, as a document can name them. */
export interface NamedMember {
  readonly id: PrincipalId;
  readonly kind: 'user' | 'agent';
  readonly name: string;
  /** Only for people. An unproved address may belong to several. */
  readonly email: string | null;
}

/** The name of a subject could not be turned into one. `message` is for the author of the change. */
export class UnknownName extends Error {}

/** Looks names of a document up among the members and groups of one workspace. */
export interface SubjectNames {
  subject(name: string): GrantSubject;
  principal(name: string): PrincipalId;
  nameOf(id: PrincipalId): string;
  subjectName(subject: GrantSubject): string;
}

/** @param groups of the policy that the names are in: a document may name a group that it makes */
export function createNames(members: readonly NamedMember[], groups: Policy['groups']): SubjectNames {
  const byName = new Map<string, PrincipalId[]>();
  for (const member of members) {
    for (const name of namesOf(member)) byName.set(name, [...(byName.get(name) ?? []), member.id]);
  }
  const groupByName = new Map([...groups.values()].map(group => [group.name, group.id]));
  const nameById = new Map(members.map(member => [member.id, unambiguous(member, byName)]));

  function principal(name: string): PrincipalId {
    const found = byName.get(name.startsWith('agent:') ? name : name.toLowerCase()) ?? byName.get(name) ?? [];
    const [id, ...others] = found;
    if (id === undefined) throw new UnknownName(`"${name}" names no member of this workspace.`);
    if (others.length > 0) throw new UnknownName(`"${name}" names several members of this workspace: give an id.`);
    return id;
  }

  function group(name: string): GroupId {
    const id = isId('grp', name) ? name : groupByName.get(name.slice('group:'.length));
    if (id === undefined || !groups.has(id)) throw new UnknownName(`"${name}" names no group of this workspace.`);
    return id;
  }

  return {
    principal,
    subject(name) {
      if (name === 'everyone') return { kind: 'everyone' };
      if (name.startsWith('group:') || isId('grp', name)) return { kind: 'group', id: group(name) };
      return { kind: 'principal', id: principal(name) };
    },
    nameOf: id => nameById.get(id) ?? id,
    subjectName(subject) {
      if (subject.kind === 'everyone') return 'everyone';
      if (subject.kind === 'principal') return nameById.get(subject.id) ?? subject.id;
      return `group:${groups.get(subject.id)?.name ?? subject.id}`;
    },
  };
}

function namesOf({ id, kind, name, email }: NamedMember): string[] {
  if (kind === 'agent') return [id, `agent:${name}`];
  return email === null ? [id] : [id, email.toLowerCase()];
}

/** The name that a document shows: the id where the name is not one member's alone. */
function unambiguous(member: NamedMember, byName: ReadonlyMap<string, readonly PrincipalId[]>): string {
  const name = namesOf(member).at(-1) ?? member.id;
  return byName.get(name)?.length === 1 ? name : member.id;
}

/** All members that a subject of a document means. None if the name no longer means a member. */
export function membersNamed(name: string, names: SubjectNames, policy: Policy): readonly PrincipalId[] {
  const subject = subjectNamed(name, names);
  if (subject === null) return [];
  if (subject.kind === 'principal') return [subject.id];
  if (subject.kind === 'everyone') return [...policy.members.keys()];
  const group = policy.groups.get(subject.id);
  return group === undefined ? [] : membersOf(group, policy.groups);
}

function subjectNamed(name: string, names: SubjectNames): GrantSubject | null {
  try {
    return names.subject(name);
  } catch (error) {
    if (error instanceof UnknownName) return null;
    throw error;
  }
}

/** Those in a group, and those in the groups that it holds. */
export function membersOf(group: Group, groups: Policy['groups']): readonly PrincipalId[] {
  const inner = group.groups.flatMap(id => groups.get(id)?.principals ?? []);
  return [...new Set([...group.principals, ...inner])];
}
