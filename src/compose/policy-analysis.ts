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
import { PageTree } from '../authorize/tree/page-tree.ts';
import { PlacedPolicy } from '../authorize/tree/placed-policy.ts';
import type { Action } from '../domain/action.ts';
import type { ContainerKind } from '../domain/ancestry.ts';
import type { GrantScope } from '../domain/grant.ts';
import type { PrincipalId, WorkspaceId } from '../domain/ids.ts';
import type { Policy } from '../domain/policy.ts';
import type { Difference, PolicyAnalysis } from '../policy/analysis.ts';
import type { Stores } from '../store/stores.ts';

/** The analysis of policies over the tree of pages, which is read for each question. */
export function openPolicyAnalysis(stores: Pick<Stores, 'pageTreeRows'>): PolicyAnalysis {
  async function plant(workspaceId: WorkspaceId, scopes: readonly GrantScope[]) {
    const rows = await stores.pageTreeRows(workspaceId);
    const kinds = new Map<string, ContainerKind>(rows.map(({ id, kind }) => [id, kind]));
    // An object that was never seen stands by itself.
    const unseen = scopes.flatMap(scope => {
      if (scope.kind === 'workspace' || kinds.has(scope.id)) return [];
      const kind = scope.kind === 'database' ? ('database' as const) : ('page' as const);
      kinds.set(scope.id, kind);
      return [{ kind, id: scope.id, parentId: null }];
    });
    return { tree: PageTree.of([...rows, ...unseen], scopes), kinds };
  }

  return {
    async compare(workspaceId, before, after, at) {
      const { tree, kinds } = await plant(workspaceId, [...scopesOf(before), ...scopesOf(after)]);
      const { gains, losses } = diff(compilePolicy(before), compilePolicy(after), tree, at);
      return { gains: byPrincipal(gains, tree, kinds), losses: byPrincipal(losses, tree, kinds) };
    },

    async lay(workspaceId, policy, scopes, at) {
      const { tree, kinds } = await plant(workspaceId, [...scopesOf(policy), ...scopes]);
      const placed = new PlacedPolicy(compilePolicy(policy), tree);
      tree.settle();
      return {
        breaking: (principals, action, scope) => breaches(placed, { principals, action, scope }, at),
        unexpected: (principals, action, scope, expect) =>
          unexpected(placed, { principals, action, scope, expect }, at),
        reach: question => reach(placed, { ...question, at }),
        kindOf: id => kinds.get(id) ?? 'page',
      };
    },

    async idle(workspaceId, policy, at) {
      // An object that was never seen is left out. The question itself says that.
      const tree = PageTree.of(await stores.pageTreeRows(workspaceId), scopesOf(policy));
      return inSlices(lint(new PlacedPolicy(compilePolicy(policy), tree), at));
    },

    explain: (policy, asker, action, object) => explain(compiled(policy), asker, action, object),
    whoCan: (policy, action, object, at) => whoCan(compiled(policy), action, object, at),

    replay: async (policy, calls) => inSlices(replay(calls, compilePolicy(policy))),

    lessen: (policy, calls, unplaced) => inSlices(leastPrivilege(compilePolicy(policy), calls, unplaced)),
  };
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
function byPrincipal(
  changes: readonly AccessChange[],
  tree: PageTree,
  kinds: ReadonlyMap<string, ContainerKind>,
): Difference[] {
  const found = new Map<string, { principal: PrincipalId; actions: Action[]; on: GrantScope[]; pages: number }>();
  for (const { principals, action, anchors, pages } of changes) {
    const on = placesAt(anchors, tree, kinds);
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
function placesAt(anchors: readonly number[], tree: PageTree, kinds: ReadonlyMap<string, ContainerKind>): GrantScope[] {
  const all = new Set(anchors);
  const topmost = anchors.filter(anchor => !all.has(tree.anchors.parentOf(anchor)));
  return topmost.map((anchor): GrantScope => {
    const id = tree.anchors.carrierAt(anchor);
    if (anchor === 0 || id === null) return { kind: 'workspace' };
    if (tree.anchors.isAlone(anchor)) return { kind: 'page_only', id };
    return { kind: kinds.get(id) === 'page' ? 'page' : 'database', id };
  });
}
