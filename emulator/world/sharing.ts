import type { Installation } from './connections.ts';
import type { Node } from './records.ts';
import { ancestry } from './tree.ts';
import type { World } from './world.ts';

/** Whether a node is shared with an installation: it or anything above it is, in the same workspace. */
export function sees(world: World, installation: Installation, node: Node): boolean {
  if (node.workspaceId !== installation.workspaceId) return false;
  if (installation.reach === 'person') return maySee(world, installation.userId ?? '', node);
  for (const one of ancestry(world, node)) if (installation.shared.has(one.id)) return true;
  return false;
}

/** Whether a person may tick the node in the page picker: full access, which a private page gives only its owner. */
export function mayShare(world: World, userId: string, node: Node): boolean {
  return (node.kind === 'page' || node.kind === 'database') && maySee(world, userId, node);
}

/**
 * Whether a person sees the node in Notion: a member sees everything but other people's private pages
 * and what is in closed and private teamspaces of others.
 */
function maySee(world: World, userId: string, node: Node): boolean {
  for (const one of ancestry(world, node)) {
    if (one.kind === 'page' && one.privateTo !== null && one.privateTo !== userId) return false;
    const teamspace = world.teamspaces.get(world.teamspaceOf.get(one.id) ?? '');
    if (teamspace !== undefined && teamspace.access !== 'open' && !teamspace.members.includes(userId)) return false;
  }
  return world.workspaces.get(node.workspaceId)?.members.includes(userId) ?? false;
}
