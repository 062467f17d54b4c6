import { setImmediate } from 'node:timers/promises';
import { PageTree } from '../authorize/tree/page-tree.ts';
import type { WorkspaceId } from '../domain/ids.ts';
import type { Stores } from '../store/stores.ts';

/** Containers in all trees that are kept together: some 100 MB. */
const containersMax = 2_000_000;
/** Places of grants that a tree remembers before it is planted anew: drafts and plans leave some behind. */
const carriersMax = 100_000;

interface Kept {
  readonly stamp: string;
  readonly tree: PageTree;
}

/**
 * The tree of pages of a workspace, for questions about policies, one for all that ask. Each question first asks the database whether
 * anything has come, gone or moved, wherever that was learned, so no answer is older than its question. Who asks may make the
 * tree carry scopes, and leaves it otherwise as it was.
 */
export function createPageTrees({ pageTreeRows }: Pick<Stores, 'pageTreeRows'>) {
  /** The one that was asked for last comes last. */
  const kept = new Map<WorkspaceId, Kept>();
  const coming = new Map<WorkspaceId, { readonly stamp: string; readonly planted: Promise<Kept> }>();

  async function plant(workspaceId: WorkspaceId): Promise<Kept> {
    const { stamp, rows } = await pageTreeRows.read(workspaceId);
    const steps = PageTree.growing(rows, rows.length);
    for (;;) {
      const step = steps.next();
      if (step.done) return { stamp, tree: step.value };
      await setImmediate();
    }
  }

  function keep(workspaceId: WorkspaceId, found: Kept): void {
    kept.delete(workspaceId);
    kept.set(workspaceId, found);
    let containers = 0;
    for (const { tree } of kept.values()) containers += tree.size;
    for (const [id, { tree }] of kept) {
      if (containers <= containersMax || id === workspaceId) break;
      kept.delete(id);
      containers -= tree.size;
    }
  }

  return async (workspaceId: WorkspaceId): Promise<PageTree> => {
    const stamp = await pageTreeRows.stamp(workspaceId);
    const known = kept.get(workspaceId);
    if (known?.stamp === stamp && known.tree.anchors.carriers <= carriersMax) {
      keep(workspaceId, known);
      return known.tree;
    }
    const underWay = coming.get(workspaceId);
    if (underWay?.stamp === stamp) return (await underWay.planted).tree;
    const planted = plant(workspaceId);
    coming.set(workspaceId, { stamp, planted });
    try {
      const found = await planted;
      keep(workspaceId, found);
      return found.tree;
    } finally {
      if (coming.get(workspaceId)?.planted === planted) coming.delete(workspaceId);
    }
  };
}
