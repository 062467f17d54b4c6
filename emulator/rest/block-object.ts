import type { BlockObjectResponse } from '@notionhq/client';
import { minuteTime } from '../clock.ts';
import type { Call } from '../http/route.ts';
import { isPlain } from '../http/shape.ts';
import { IN_TRASH_SINCE, isSince } from '../http/versions.ts';
import type { BlockNode, ContentNode, RichText } from '../world/records.ts';
import { liveChildren, titleOf } from '../world/tree.ts';
import { withHostedFile } from './file-input.ts';
import { visibleNode } from './lookup.ts';
import { contentFor } from './old-texts.ts';
import { parentObject, withTrash } from './page-object.ts';
import { richTextObject } from './rich-text-object.ts';
import { partialUser } from './user-object.ts';

/** A block; pages and databases show as `child_page` and `child_database` blocks with the same id. */
export function blockObject(call: Call, node: ContentNode): BlockObjectResponse {
  const { type, content } = typeAndContent(call, node);
  // The union is keyed by type: a computed key cannot be checked against it, the contents are typed where they are read.
  return withTrash(call, {
    object: 'block',
    id: node.id,
    parent: parentObject(call, node),
    created_time: minuteTime(node.createdAt),
    last_edited_time: minuteTime(node.editedAt),
    created_by: partialUser(node.createdBy),
    last_edited_by: partialUser(node.editedBy),
    has_children: hasChildren(call, node),
    in_trash: node.inTrash,
    type,
    [type]: content,
  }) as unknown as BlockObjectResponse;
}

function typeAndContent(call: Call, node: ContentNode): { type: string; content: unknown } {
  if (node.kind === 'page') return { type: 'child_page', content: { title: titleOf(node) } };
  if (node.kind === 'database') return { type: 'child_database', content: { title: titleOf(node) } };
  return { type: shownType(call, node), content: shownContent(call, node) };
}

/** `transcription` is called `meeting_notes` since 2026-03-11. */
function shownType(call: Call, block: BlockNode): string {
  if (block.type !== 'meeting_notes') return block.type;
  return isSince(call.version, IN_TRASH_SINCE) ? 'meeting_notes' : 'transcription';
}

function shownContent(call: Call, block: BlockNode): unknown {
  const content = block.content;
  if (!isPlain(content)) return content;
  if (Array.isArray(content.rich_text))
    return contentFor(call.version, { ...content, rich_text: richTextObject(call, content.rich_text as RichText) });
  if (Array.isArray(content.cells)) {
    return { cells: content.cells.map(cell => richTextObject(call, cell as RichText)) };
  }
  return withHostedFile(call, content);
}

/** A synced copy shows the children of its original. */
export function childrenOf(call: Call, node: ContentNode): ContentNode[] {
  if (node.kind === 'database') return [];
  const original = node.kind === 'block' ? syncedOriginal(call, node) : null;
  return [...liveChildren(call.world, original ?? node)];
}

function hasChildren(call: Call, node: ContentNode): boolean {
  if (node.kind === 'database') return false;
  const original = node.kind === 'block' ? syncedOriginal(call, node) : null;
  return !(liveChildren(call.world, original ?? node).next().done ?? true);
}

function syncedOriginal(call: Call, block: BlockNode): BlockNode | null {
  if (block.type !== 'synced_block' || !isPlain(block.content)) return null;
  const from = block.content.synced_from;
  const id = isPlain(from) && typeof from.block_id === 'string' ? from.block_id : null;
  const original = id === null ? null : visibleNode(call, id);
  return original?.kind === 'block' ? original : null;
}
