import { compilePolicy } from '../../../src/authorize/compile-policy.ts';
import { PageTree } from '../../../src/authorize/tree/page-tree.ts';
import { PlacedPolicy } from '../../../src/authorize/tree/placed-policy.ts';
import { pathOf, policyOf } from '../workload.ts';
import type { Decider } from './decider.ts';

const context = { at: new Date(0), door: 'rest', address: '127.0.0.1', signIn: null } as const;

/** As questions over the tree of a workspace are decided: pages are found by their ids. */
export const byTree: Decider = tenants => {
  const placed = tenants.map(tenant => {
    const rows = [...tenant.parents].map(([id, parentId]) => ({ kind: 'page' as const, id, parentId }));
    const tree = PageTree.of(rows);
    const its = new PlacedPolicy(compilePolicy(policyOf(tenant)), tree);
    tree.settle();
    return its;
  });
  return ({ tenant, person, action, page }) =>
    placed[tenant]?.may({ principal: person, limit: null, context }, action, page) ?? false;
};

/** As calls are decided: pages come with the path on which they stand. */
export const byPath: Decider = tenants => {
  const ready = tenants.map(tenant => {
    const pages = [...tenant.parents.keys()];
    const containers = new Map(pages.map(id => [id, { kind: 'page', id } as const]));
    const path = (page: string) => pathOf(tenant, page).flatMap(id => containers.get(id) ?? []);
    return { snapshot: compilePolicy(policyOf(tenant)), paths: new Map(pages.map(page => [page, path(page)])) };
  });
  return ({ tenant, person, action, page }) => {
    const { snapshot, paths } = ready[tenant] ?? {};
    const path = paths?.get(page);
    if (snapshot === undefined || path === undefined) return false;
    return snapshot.may({ principal: person, limit: null, context }, action, { state: 'known', path });
  };
};
