import type { Grant } from '../../src/domain/grant.ts';
import type { GrantId, GroupId, PrincipalId } from '../../src/domain/ids.ts';
import type { Policy } from '../../src/domain/policy.ts';
import { createRandom, type Random } from '../../test/authorize/worlds/random.ts';

/** The actions that are asked for, as often as they are. */
export const askedActions = [
  ...Array<'read'>(70).fill('read'),
  ...Array<'update'>(20).fill('update'),
  ...Array<'delete'>(7).fill('delete'),
  ...Array<'manage'>(3).fill('manage'),
] as const;
export type AskedAction = (typeof askedActions)[number];

/** What the roles of the workload allow, of the actions that are asked for. */
export const roleAllows: Readonly<Record<string, readonly AskedAction[]>> = {
  admin: ['read', 'update', 'delete', 'manage'],
  editor: ['read', 'update'],
  viewer: ['read'],
  guest: [],
};

/** One grant of the workload: to one person or group, on one page and everything below it. */
export interface PageGrant {
  readonly effect: 'allow' | 'deny';
  readonly to: string;
  readonly actions: readonly AskedAction[];
  readonly page: string;
}

/** One workspace: 100 people in 5 groups, 1,000 pages in a tree 8 deep, 15 allows and 5 denies. */
export interface Tenant {
  readonly roles: ReadonlyMap<PrincipalId, string>;
  readonly groupsOf: ReadonlyMap<PrincipalId, readonly GroupId[]>;
  readonly grants: readonly PageGrant[];
  /** By page what it stands in; null at the top. */
  readonly parents: ReadonlyMap<string, string | null>;
}

/** A question by the names that calls have: nothing of it is looked up beforehand. */
export interface Request {
  readonly tenant: number;
  readonly person: PrincipalId;
  readonly action: AskedAction;
  readonly page: string;
}

export interface Workload {
  readonly tenants: readonly Tenant[];
  readonly requests: readonly Request[];
}

/** The same for the same numbers, in every process. */
export function createWorkload(tenantCount: number, requestCount: number): Workload {
  const random = createRandom(1);
  const tenants = Array.from({ length: tenantCount }, () => createTenant(random));
  const named = tenants.map(({ roles, parents }) => ({ people: [...roles.keys()], pages: [...parents.keys()] }));
  const requests = Array.from({ length: requestCount }, (): Request => {
    const tenant = random.below(tenantCount);
    const { people = [], pages = [] } = named[tenant] ?? {};
    return { tenant, person: random.pick(people), action: random.pick(askedActions), page: random.pick(pages) };
  });
  return { tenants, requests };
}

const deepest = 8;
const rolesOfHundred = Object.entries({ admin: 5, editor: 35, viewer: 50, guest: 10 }).flatMap(([role, count]) =>
  Array<string>(count).fill(role),
);
const granted = [['read'], ['read', 'update'], ['read', 'update', 'delete'], ['update', 'manage']] as const;

function createTenant(random: Random): Tenant {
  const roles = new Map(rolesOfHundred.map(role => [`usr_${uuid(random)}` as PrincipalId, role]));
  const people = [...roles.keys()];
  const groups = Array.from({ length: 5 }, () => `grp_${uuid(random)}` as GroupId);
  const groupsOf = new Map(people.map(id => [id, [...new Set([random.pick(groups), random.pick(groups)])]]));
  const parents = new Map<string, string | null>();
  const levels = new Map<string, number>();
  while (parents.size < 1_000) {
    const parent = parents.size < 4 ? null : random.pick([...parents.keys()]);
    const level = parent === null ? 1 : (levels.get(parent) ?? deepest) + 1;
    if (level > deepest) continue;
    const id = uuid(random);
    parents.set(id, parent);
    levels.set(id, level);
  }
  const middle = [...levels].filter(([, level]) => level >= 2 && level <= 6).map(([id]) => id);
  const grants = Array.from({ length: 20 }, (_, n): PageGrant => {
    const to = random.chance(0.7) ? random.pick(groups) : random.pick(people);
    return { effect: n < 15 ? 'allow' : 'deny', to, actions: random.pick(granted), page: random.pick(middle) };
  });
  return { roles, groupsOf, grants, parents };
}

/** In one piece, as a parser of requests makes it. A text put together from parts is slower to read. */
export function uuid(random: Random): string {
  const hex = Array.from({ length: 32 }, () => random.below(16).toString(16)).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** The page and what it stands in, nearest first. */
export function pathOf({ parents }: Tenant, page: string): string[] {
  const path: string[] = [];
  for (let id: string | null = page; id !== null; id = parents.get(id) ?? null) path.push(id);
  return path;
}

/** What is right, by walking up and looking at every grant. It shares nothing with what is measured. */
export function decidePlainly(tenant: Tenant, { person, action, page }: Request): boolean {
  const path = pathOf(tenant, page);
  const subjects: readonly string[] = [person, ...(tenant.groupsOf.get(person) ?? [])];
  const bearing = tenant.grants.filter(
    grant => subjects.includes(grant.to) && grant.actions.includes(action) && path.includes(grant.page),
  );
  if (bearing.some(({ effect }) => effect === 'deny')) return false;
  return bearing.length > 0 || (roleAllows[tenant.roles.get(person) ?? ''] ?? []).includes(action);
}

/** The same as a policy of Portcullis. */
export function policyOf({ roles, groupsOf, grants }: Tenant): Policy {
  const groups = [...new Set([...groupsOf.values()].flat())].map(id => {
    const principals = [...groupsOf].filter(([, all]) => all.includes(id)).map(([person]) => person);
    return [id, { id, name: id, principals, groups: [] }] as const;
  });
  return {
    revision: 1,
    roles: new Map(),
    members: roles,
    groups: new Map(groups),
    grants: grants.map((grant, n) => aGrant(n, grant)),
  };
}

/** A grant of Portcullis. */
export function aGrant(n: number, { effect, to, actions, page }: PageGrant): Grant {
  return {
    id: `grt_00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}` as GrantId,
    effect,
    subject: to.startsWith('grp_')
      ? { kind: 'group', id: to as GroupId }
      : { kind: 'principal', id: to as PrincipalId },
    actions,
    scopes: [{ kind: 'page', id: page }],
    when: null,
    properties: null,
    reason: '',
    createdBy: null,
    createdAt: new Date(0),
  };
}
