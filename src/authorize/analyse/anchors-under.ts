import type { GrantScope } from '../../domain/grant.ts';
import type { PageTree } from '../tree/page-tree.ts';

/** Marks (1) the anchors of a tree that scopes cover. Brings the tree up to date. */
export function anchorsUnder(tree: PageTree, scopes: readonly GrantScope[]): Uint8Array {
  tree.carry(scopes);
  tree.settle();
  const { anchors } = tree;
  const edges = new Set(scopes.map(scope => anchors.edgeOf(scope)));
  const marks = new Uint8Array(anchors.size);
  // An anchor comes after the one above it.
  for (let anchor = 0; anchor < marks.length; anchor++) {
    const above = anchor === 0 ? 0 : (marks[anchors.parentOf(anchor)] ?? 0);
    marks[anchor] = above === 1 || edges.has(anchors.edgeAt(anchor)) ? 1 : 0;
  }
  return marks;
}
