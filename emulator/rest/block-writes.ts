import { invalid } from '../http/errors.ts';
import type { Call } from '../http/route.ts';
import type { BlockNode, Container, Node } from '../world/records.ts';
import { addNode, isTrashed, type Position, touch } from '../world/tree.ts';
import { announce } from '../world/world.ts';
import { type BlockInput, resolvedContent } from './block-input.ts';

const BLOCKS_PER_REQUEST = 1000;

/** Refuses to write to what is in the trash, or inside something that is. */
export function requireEditable(call: Call, node: Node): void {
  if (isTrashed(call.world, node)) {
    throw invalid("Can't edit block that is archived. You must unarchive the block before editing.");
  }
}

/** Adds blocks and what is inside them under a page or block; answers the first level. */
export function appendBlocks(
  call: Call,
  container: Container,
  inputs: readonly BlockInput[],
  position: Position,
): BlockNode[] {
  if (inputs.length === 0) return [];
  if (countBlocks(inputs) > BLOCKS_PER_REQUEST) {
    throw invalid(`body failed validation: body.children should contain at most ${BLOCKS_PER_REQUEST} blocks.`);
  }
  // Everything that can be refused is resolved before the first block is placed: an append is all or nothing.
  const resolved = inputs.map(input => resolveTree(call, input));
  const added: BlockNode[] = [];
  let place = position;
  for (const tree of resolved) {
    const block = placeTree(call, container.id, tree, place);
    added.push(block);
    place = { after: block.id };
  }
  touch(call.world, container, call.caller.botId);
  announce(call.world, {
    type: 'page.content_updated',
    workspaceId: container.workspaceId,
    id: container.id,
    by: call.caller.botId,
    data: { updated_blocks: added.map(block => ({ id: block.id, type: 'block' })) },
  });
  return added;
}

function resolveTree(call: Call, input: BlockInput): BlockInput {
  return {
    type: input.type,
    content: resolvedContent(call, input.content),
    children: input.children.map(child => resolveTree(call, child)),
  };
}

function placeTree(call: Call, parentId: string, tree: BlockInput, position: Position): BlockNode {
  const now = call.world.clock.now();
  const block: BlockNode = {
    kind: 'block',
    id: call.world.ids.uuid(),
    workspaceId: call.caller.workspaceId,
    parentId,
    createdAt: now,
    editedAt: now,
    createdBy: call.caller.botId,
    editedBy: call.caller.botId,
    inTrash: false,
    type: tree.type,
    content: tree.content,
    children: [],
  };
  addNode(call.world, block, position);
  for (const child of tree.children) placeTree(call, block.id, child, 'end');
  return block;
}

function countBlocks(inputs: readonly BlockInput[]): number {
  return inputs.reduce((sum, input) => sum + 1 + countBlocks(input.children), 0);
}
