import { createMongoAbility, type MongoAbility, subject } from '@casl/ability';
import type { PrincipalId } from '../../../src/domain/ids.ts';
import { type PageGrant, pathOf, roleAllows, type Tenant } from '../workload.ts';
import type { Decider } from './decider.ts';

/** Everybody's abilities are made once. CASL knows no trees: each page carries what it stands in. */
export const casl: Decider = tenants => {
  const ready = tenants.map(tenant => ({
    abilities: new Map([...tenant.roles.keys()].map(person => [person, abilityOf(tenant, person)])),
    pages: new Map([...tenant.parents.keys()].map(id => [id, subject('Page', { path: pathOf(tenant, id) })])),
  }));
  return ({ tenant, person, action, page }) => {
    const { abilities, pages } = ready[tenant] ?? {};
    const found = pages?.get(page);
    return found !== undefined && (abilities?.get(person)?.can(action, found) ?? false);
  };
};

/** The last rule that matches wins, so denies come last. */
function abilityOf({ roles, groupsOf, grants }: Tenant, person: PrincipalId): MongoAbility {
  const subjects: readonly string[] = [person, ...(groupsOf.get(person) ?? [])];
  const mine = (effect: PageGrant['effect']) =>
    grants
      .filter(grant => grant.effect === effect && subjects.includes(grant.to))
      .map(({ actions, page }) => ({
        action: [...actions],
        subject: 'Page',
        conditions: { path: page },
        inverted: effect === 'deny',
      }));
  const byRole = { action: [...(roleAllows[roles.get(person) ?? ''] ?? [])], subject: 'Page' };
  const rules = [...(byRole.action.length === 0 ? [] : [byRole]), ...mine('allow'), ...mine('deny')];
  // Otherwise `manage` would mean any action.
  return createMongoAbility(rules, { anyAction: 'anything' });
}
