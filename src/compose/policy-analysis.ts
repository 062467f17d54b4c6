import { setImmediate } from 'node:timers/promises';
import { breaches, unexpected } from '../authorize/analyse/check-rules.ts';
import { type AccessChange, diff } from '../authorize/analyse/diff.ts';
import { explain } from '../authorize/analyse/explain.ts';
import { leastPrivilege } from '../authorize/analyse/least-privilege.ts';
import { lint } from '../authorize/analyse/lint.ts';
import { reach } from '../authorize/analyse/reach.ts';
import { replay } from '../authorize/analyse/replay.ts';
import { whoCan } from '../authorize/analyse/who-can.ts';
import { compiled, compilePolicy } from '../authorize/compile-policy.ts';
import type { PageTree } from '../authorize/tree/page-tree.ts';
import { PlacedPolicy } from '../authorize/tree/placed-policy.ts';
import type { Action } from '../domain/action.ts';
import type { GrantScope } from '../domain/grant.ts';
import type { PrincipalId } from '../domain/ids.ts';
import type { Policy } from '../domain/policy.ts';
import type { Difference, PolicyAnalysis } from '../policy/analysis.ts';
import type { Stores } from '../store/stores.ts';
import { createPageTrees } from './page-trees.ts';

/** The analysis of policies over the tree of pages. */
export function openPolicyAnalysis(stores: Pick<Stores, 'pageTreeRows'>): PolicyAnalysis {
  const treeOf = createPageTrees(stores);
  return {
    async compare(workspaceId, before, after, at) {
      const tree = await treeOf(workspaceId);
      return withUnseen(tree, [...scopesOf(before), ...scopesOf(after)], () => {
        const { gains, losses } = diff(compilePolicy(before), compilePolicy(after), tree, at);
        return { gains: byPrincipal(gains, tree), losses: byPrincipal(losses, tree) };
      });
    },

    async lay(workspaceId, policy, scopes, at) {
      const tree = await treeOf(workspaceId);
      const named = [...scopesOf(policy), ...scopes];
      const placed = new PlacedPolicy(compilePolicy(policy), tree);
      const databases = new Set(named.flatMap(scope => (scope.kind === 'database' ? [scope.id] : [])));
      const ask = <T>(question: () => T) => withUnseen(tree, named, question);
      return {
        breaking: (principals, action, scope) => ask(() => breaches(placed, { principals, action, scope }, at)),
        unexpected: (principals, action, scope, expect) =>
          ask(() => unexpected(placed, { principals, action, scope, expect }, at)),
        reach: question => ask(() => reach(placed, { ...question, at })),
        kindOf: id => (tree.find(id) === -1 && databases.has(id) ? 'database' : tree.kindOf(id)),
      };
    },

    idle: async (workspaceId, policy, at) =>
      inSlices(lint(new PlacedPolicy(compilePolicy(policy), await treeOf(workspaceId)), at)),

    explain: (policy, asker, action, object) => explain(compiled(policy), asker, action, object),
    whoCan: (policy, action, object, at) => whoCan(compiled(policy), action, object, at),

    replay: async (policy, calls) => inSlices(replay(calls, compilePolicy(policy))),

    lessen: (policy, calls, unplaced) => inSlices(leastPrivilege(compilePolicy(policy), calls, unplaced)),
  };
}

/** Asks with the pages that scopes name and that were never seen: each stands by itself, and is removed again. */
function withUnseen<T>(tree: PageTree, scopes: readonly GrantScope[], ask: () => T): T {
  const unseen: string[] = [];
  for (const scope of scopes) {
    if (scope.kind === 'workspace' || tree.find(scope.id) !== -1) continue;
    tree.put({ kind: scope.kind === 'database' ? 'database' : 'page', id: scope.id, parentId: null });
    unseen.push(scope.id);
  }
  try {
    return ask();
  } finally {
    for (const id of unseen) tree.remove(id);
    tree.settle();
  }
}

/** How long a long question may block other work at a time. */
const sliceMs = 10;

/** What a search finds, while calls go on between its steps. */
async function inSlices<T>(search: Iterable<T | null>): Promise<T[]> {
  const found: T[] = [];
  let begun = performance.now();
  for (const one of search) {
    if (one !== null) found.push(one);
    if (performance.now() - begun < sliceMs) continue;
    await setImmediate();
    begun = performance.now();
  }
  return found;
}

function scopesOf({ grants }: Policy): GrantScope[] {
  return grants.flatMap(({ scopes }) => scopes);
}

/** One difference for each principal and each set of places, with all actions that change there. */
function byPrincipal(changes: readonly AccessChange[], tree: PageTree): Difference[] {
  const found = new Map<string, { principal: PrincipalId; actions: Action[]; on: GrantScope[]; pages: number }>();
  for (const { principals, action, anchors, pages } of changes) {
    const on = placesAt(anchors, tree);
    for (const principal of principals) {
      const key = `${principal} ${anchors.join()}`;
      const known = found.get(key) ?? { principal, actions: [], on, pages };
      known.actions.push(action);
      found.set(key, known);
    }
  }
  return [...found.values()];
}

/** The topmost of some anchors, as a document names them. */
function placesAt(anchors: readonly number[], tree: PageTree): GrantScope[] {
  const all = new Set(anchors);
  const topmost = anchors.filter(anchor => !all.has(tree.anchors.parentOf(anchor)));
  return topmost.map((anchor): GrantScope => {
    const id = tree.anchors.carrierAt(anchor);
    if (anchor === 0 || id === null) return { kind: 'workspace' };
    if (tree.anchors.isAlone(anchor)) return { kind: 'page_only', id };
    return { kind: tree.kindOf(id) === 'page' ? 'page' : 'database', id };
  });
}
