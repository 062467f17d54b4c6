import { preparsePolicySet, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs';
import { type PageGrant, pathOf, roleAllows, type Tenant } from '../workload.ts';
import type { Decider } from './decider.ts';

/**
 * Policies are parsed once, and a call brings as few entities as will do: the person and the page, each with everything it
 * is in as its parents. That is the fastest way that cedar-wasm has.
 */
export const cedar: Decider = tenants => {
  const entities = tenants.map((tenant, number) => {
    const parsed = preparsePolicySet(`${number}`, { staticPolicies: policiesOf(tenant) });
    if (parsed.type === 'failure') throw new Error(parsed.errors.map(({ message }) => message).join());
    return entitiesOf(tenant);
  });
  return ({ tenant, person, action, page }) => {
    const { people, pages } = entities[tenant] ?? {};
    const [who, what] = [people?.get(person), pages?.get(page)];
    if (who === undefined || what === undefined) return false;
    const answer = statefulIsAuthorized({
      principal: who.uid,
      action: { type: 'Action', id: action },
      resource: what.uid,
      context: {},
      preparsedPolicySetId: `${tenant}`,
      entities: [who, what],
    });
    return answer.type === 'success' && answer.response.decision === 'allow';
  };
};

/** Everything is said in the heads of policies, which Cedar tests first. */
function policiesOf({ grants }: Tenant): Record<string, string> {
  const byRole = Object.entries(roleAllows)
    .filter(([, actions]) => actions.length > 0)
    .map(([role, actions]) => `permit (principal in Role::"${role}", action in [${named(actions)}], resource);`);
  const byGrant = grants.map(({ effect, to, actions, page }: PageGrant) => {
    const who = to.startsWith('grp_') ? `principal in Group::"${to}"` : `principal == Person::"${to}"`;
    const kind = effect === 'allow' ? 'permit' : 'forbid';
    return `${kind} (${who}, action in [${named(actions)}], resource in Page::"${page}");`;
  });
  return Object.fromEntries([...byRole, ...byGrant].map((text, n) => [`${n}`, text]));
}

function named(actions: readonly string[]): string {
  return actions.map(action => `Action::"${action}"`).join(', ');
}

function entitiesOf(tenant: Tenant) {
  const people = [...tenant.roles].map(([id, role]) => {
    const groups = (tenant.groupsOf.get(id) ?? []).map(group => ({ type: 'Group', id: group }));
    return [id, anEntity('Person', id, [{ type: 'Role', id: role }, ...groups])] as const;
  });
  const pages = [...tenant.parents.keys()].map(id => {
    const above = pathOf(tenant, id).slice(1);
    const parents = above.map(each => ({ type: 'Page', id: each }));
    return [id, anEntity('Page', id, parents)] as const;
  });
  return { people: new Map<string, Entity>(people), pages: new Map(pages) };
}

type Entity = ReturnType<typeof anEntity>;

function anEntity(type: string, id: string, parents: { type: string; id: string }[]) {
  return { uid: { type, id }, attrs: {}, parents };
}
