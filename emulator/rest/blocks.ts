import type { GetBlockResponse } from '@notionhq/client';
import { invalid } from '../http/errors.ts';
import { idPaging, listOf, pageById } from '../http/pagination.ts';
import { type Call, type Route, route } from '../http/route.ts';
import {
  absent,
  anything,
  boolean,
  isPlain,
  looseObject,
  object,
  oneOf,
  optional,
  type Read,
  record,
  type Shape,
  union,
  uuid,
} from '../http/shape.ts';
import { IN_TRASH_SINCE, isSince, NEW_BLOCKS_SINCE, RICH_TEXT_SINCE, type Version } from '../http/versions.ts';
import type { BlockNode, Container, ContentNode } from '../world/records.ts';
import { isContainer, type Position, touch } from '../world/tree.ts';
import { announce } from '../world/world.ts';
import { childrenInput, readBlockUpdate, resolvedContent } from './block-input.ts';
import { blockObject, childrenOf } from './block-object.ts';
import { appendBlocks, requireEditable } from './block-writes.ts';
import { findBlock } from './lookup.ts';
import { blocksIn, modernContents } from './old-texts.ts';
import { setTrash, trashFlag } from './trash.ts';

const blockId = object({ block_id: uuid });
const contentPosition = union(
  object({ type: oneOf('after_block'), after_block: object({ id: uuid }) }),
  object({ type: oneOf('start', 'end') }),
);
const append = (version: Version) =>
  object({
    children: blocksIn(version, childrenInput),
    after: isSince(version, IN_TRASH_SINCE) ? absent : optional(uuid),
    position: optional(contentPosition),
  });
type Append = Read<ReturnType<typeof append>>;

/** The trash flags of an update beside one block type's content, which is read once the block is known. */
const update = (version: Version): Shape<Update> => {
  const archived = isSince(version, IN_TRASH_SINCE) ? absent : optional(boolean);
  const flags = looseObject({ in_trash: optional(boolean), archived });
  return {
    read(value, path) {
      const given = record(anything).read(value, path);
      const old = !isSince(version, RICH_TEXT_SINCE);
      const body = old ? record(anything).read(modernContents(given, path), path) : given;
      return { ...flags.read(body, path), body };
    },
  };
};
interface Update {
  readonly in_trash?: boolean;
  readonly archived?: boolean;
  readonly body: Record<string, unknown>;
}

export const blockRoutes: readonly Route[] = [
  route('GET', '/v1/blocks/:block_id', {
    needs: 'read_content',
    params: blockId,
    handle: (call, { params }) => blockObject(call, findBlock(call, params.block_id)),
  }),
  route('PATCH', '/v1/blocks/:block_id', {
    needs: 'update_content',
    params: blockId,
    body: update,
    handle(call, { params, body }) {
      const node = findBlock(call, params.block_id);
      updateBlock(call, node, body);
      return blockAnswer(call, node);
    },
  }),
  route('DELETE', '/v1/blocks/:block_id', {
    needs: 'update_content',
    params: blockId,
    handle(call, { params }) {
      const node = findBlock(call, params.block_id);
      if (node.inTrash) requireEditable(call, node);
      setTrash(call, node, true);
      return blockAnswer(call, node);
    },
  }),
  route('GET', '/v1/blocks/:block_id/children', {
    needs: 'read_content',
    params: blockId,
    query: looseObject(idPaging),
    handle(call, { params, query }) {
      const children = childrenOf(call, findBlock(call, params.block_id));
      const page = pageById(children, query);
      return listOf(
        'block',
        page.items.map(child => blockObject(call, child)),
        page.nextCursor,
      );
    },
  }),
  route('PATCH', '/v1/blocks/:block_id/children', {
    needs: 'insert_content',
    params: blockId,
    body: append,
    handle(call, { params, body }) {
      const node = findBlock(call, params.block_id);
      requireEditable(call, node);
      if (!isContainer(node)) throw invalid(`Block type child_database does not support children.`);
      const added = appendBlocks(call, node, body.children, positionIn(call, node, body));
      if (!isSince(call.version, NEW_BLOCKS_SINCE)) return blockAnswer(call, node);
      return listOf(
        'block',
        added.map(block => blockAnswer(call, block)),
        null,
      );
    },
  }),
];

/** A write's answer is a read: without the read capability only the id comes back. */
function blockAnswer(call: Call, node: ContentNode): GetBlockResponse {
  return call.caller.capabilities.read_content ? blockObject(call, node) : { object: 'block', id: node.id };
}

function positionIn(call: Call, container: Container, body: Append): Position {
  const where = body.position;
  const after = body.after ?? (where?.type === 'after_block' ? where.after_block.id : null);
  if (after === null) return where?.type === 'start' ? 'start' : 'end';
  const sibling = call.world.nodes.get(after);
  if (sibling === undefined || sibling.parentId !== container.id) {
    throw invalid(`Block ID ${after} to append children after is not parented by ${container.id}.`);
  }
  return { after };
}

function updateBlock(call: Call, node: ContentNode, update: Update): void {
  const trash = trashFlag(update);
  if (trash !== false) requireEditable(call, node);
  if (node.kind === 'block') changeContent(call, node, update.body);
  if (trash !== null) setTrash(call, node, trash);
}

function changeContent(call: Call, block: BlockNode, body: Record<string, unknown>): void {
  const change = readBlockUpdate(block, body);
  if (change === null) return;
  const { file, external, ...kept } = isPlain(block.content) ? block.content : {};
  const next = resolvedContent(call, change);
  // A file is replaced as a whole: an external one must not keep the upload that it takes the place of.
  const media =
    'file' in next || 'external' in next ? {} : { ...(file ? { file } : {}), ...(external ? { external } : {}) };
  block.content = { ...kept, ...media, ...next };
  touch(call.world, block, call.caller.botId);
  announce(call.world, {
    type: 'page.content_updated',
    workspaceId: block.workspaceId,
    id: block.id,
    by: call.caller.botId,
    data: { updated_blocks: [{ id: block.id, type: 'block' }] },
  });
}
