import { EditLog } from './edit-log.ts';
import type { Container, ContentNode, DataSourceNode, Node, PageNode } from './records.ts';
import { plainText } from './rich-text.ts';
import { TitleIndex } from './title-index.ts';
import { entryOf, type World } from './world.ts';

/** Where a new content node goes among its siblings. */
export type Position = { readonly after: string } | 'start' | 'end';

/** The node, its parent, and so on up to the top of the workspace. */
export function* ancestry(world: World, node: Node): Generator<Node> {
  let current: Node | undefined = node;
  while (current !== undefined) {
    yield current;
    current = current.parentId === null ? undefined : world.nodes.get(current.parentId);
  }
}

/** Adds a node to the world, to its parent's list and to the indexes. */
export function addNode(world: World, node: Node, position: Position = 'end'): void {
  world.nodes.set(node.id, node);
  attach(world, node, position);
  indexNode(world, node);
}

/** Enters a node into the indexes: those of what search finds, and that of meeting notes. */
export function indexNode(world: World, node: Node): void {
  if (isSearchable(node)) {
    entryOf(world.edits, node.workspaceId, () => new EditLog()).touch(node.id);
    entryOf(world.titles, node.workspaceId, () => new TitleIndex()).add(node.id, titleOf(node));
  }
  if (node.kind === 'block' && node.type === 'meeting_notes') {
    entryOf(world.meetings, node.workspaceId, () => new Set()).add(node.id);
  }
}

/** Moves a node under another parent; `null` is the top of its workspace. */
export function moveNode(world: World, node: Node, parentId: string | null, position: Position = 'end'): void {
  detach(world, node);
  world.teamspaceOf.delete(node.id);
  node.parentId = parentId;
  attach(world, node, position);
}

/** Forgets a node and everything below it, as `erase_content` does. */
export function removeNode(world: World, node: Node): void {
  for (const child of [...childIds(node)]) {
    const found = world.nodes.get(child);
    if (found !== undefined) removeNode(world, found);
  }
  detach(world, node);
  world.nodes.delete(node.id);
  world.teamspaceOf.delete(node.id);
  world.purposes.delete(node.id);
  world.edits.get(node.workspaceId)?.remove(node.id);
  world.meetings.get(node.workspaceId)?.delete(node.id);
  if (isSearchable(node)) world.titles.get(node.workspaceId)?.remove(node.id, titleOf(node));
}

/** Marks a node as edited now; the page that holds an edited block counts as edited with it. */
export function touch(world: World, node: Node, by: string): void {
  const now = world.clock.now();
  for (const one of ancestry(world, node)) {
    one.editedAt = now;
    one.editedBy = by;
    if (isSearchable(one)) world.edits.get(one.workspaceId)?.touch(one.id);
    if (one.kind !== 'block') return;
  }
}

/** Runs a change of a node's title and keeps the title index true. */
export function retitle<T>(world: World, node: Node, change: () => T): T {
  const index = isSearchable(node) ? world.titles.get(node.workspaceId) : undefined;
  const before = titleOf(node);
  const result = change();
  const after = titleOf(node);
  if (before !== after) {
    index?.remove(node.id, before);
    index?.add(node.id, after);
  }
  return result;
}

/** Pages and data sources are what search finds; templates are not. */
export function isSearchable(node: Node): node is PageNode | DataSourceNode {
  return node.kind === 'data_source' || (node.kind === 'page' && node.template === null);
}

export function isContainer(node: Node): node is Container {
  return node.kind === 'block' || node.kind === 'page';
}

export function titleOf(node: Node): string {
  if (node.kind === 'block') return '';
  if (node.kind !== 'page') return plainText(node.title);
  const title = titleValue(node);
  return title === null ? '' : plainText(title);
}

function titleValue(page: PageNode) {
  const value = page.properties.title;
  return value?.type === 'title' ? value.title : null;
}

/** The page that a node stands in: itself, or the page around a block or database. */
export function pageAround(world: World, node: Node): PageNode | null {
  for (const one of ancestry(world, node)) if (one.kind === 'page') return one;
  return null;
}

export function dataSourceOfRow(world: World, page: PageNode): DataSourceNode | null {
  const parent = page.parentId === null ? undefined : world.nodes.get(page.parentId);
  return parent?.kind === 'data_source' ? parent : null;
}

/** Content nodes under a page or block that are not in the trash, in order. */
export function* liveChildren(world: World, container: Container): Generator<ContentNode> {
  for (const id of container.children) {
    const child = world.nodes.get(id);
    if (child !== undefined && child.kind !== 'data_source' && !child.inTrash) yield child;
  }
}

/** Whether a node or anything above it is in the trash. */
export function isTrashed(world: World, node: Node): boolean {
  for (const one of ancestry(world, node)) if (one.inTrash) return true;
  return false;
}

function childIds(node: Node): readonly string[] {
  if (node.kind === 'database') return node.dataSources;
  if (node.kind === 'data_source') return [...node.rows, ...node.templates];
  return node.children;
}

/** The list that a node's parent keeps it in. */
function siblings(world: World, node: Node): string[] {
  if (node.parentId === null) return entryOf(world.tops, node.workspaceId, () => []);
  const parent = world.nodes.get(node.parentId);
  if (parent === undefined) throw new Error(`the parent of ${node.kind} ${node.id} does not exist`);
  if (parent.kind === 'database') return parent.dataSources;
  if (parent.kind === 'data_source')
    return node.kind === 'page' && node.template !== null ? parent.templates : parent.rows;
  return parent.children;
}

function attach(world: World, node: Node, position: Position): void {
  const list = siblings(world, node);
  if (position === 'end') list.push(node.id);
  else if (position === 'start') list.unshift(node.id);
  else list.splice(list.indexOf(position.after) + 1, 0, node.id);
}

function detach(world: World, node: Node): void {
  const list = siblings(world, node);
  const index = list.indexOf(node.id);
  if (index >= 0) list.splice(index, 1);
}
