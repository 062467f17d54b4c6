import { z } from 'zod';
import type { Call } from '../../http/route.ts';
import { findPage } from '../../rest/lookup.ts';
import type { BlockNode, Container, PageNode } from '../../world/records.ts';
import { textOf } from '../../world/rich-text.ts';
import { addNode, liveChildren, titleOf } from '../../world/tree.ts';
import { announce } from '../../world/world.ts';
import { addressOf, idOf } from '../reference.ts';
import { CREATE, type Tool, tool } from './tool.ts';

export const duplicatePageTool: Tool = tool('notion-duplicate-page', {
  title: 'Duplicate page',
  description: 'Copy a page, with its content and the pages below it, to a place beside the original.',
  annotations: CREATE,
  input: z.object({ page_id: z.string() }),
  run(call, { page_id: pageId }) {
    const original = findPage(call, idOf(pageId));
    const copy = copyPage(call, original, original.parentId);
    const title = `${titleOf(original)} (1)`;
    copy.properties.title = { id: 'title', type: 'title', title: textOf(title) };
    addNode(call.world, copy, { after: original.id });
    copyContent(call, original, copy);
    announce(call.world, { type: 'page.created', workspaceId: copy.workspaceId, id: copy.id, by: call.caller.botId });
    return { page_id: copy.id, page_url: addressOf(copy.id) };
  },
});

/** Databases inside a page are not copied. */
function copyContent(call: Call, from: Container, to: Container): void {
  for (const child of liveChildren(call.world, from)) {
    if (child.kind === 'database') continue;
    const copy = child.kind === 'page' ? copyPage(call, child, to.id) : copyBlock(call, child, to.id);
    addNode(call.world, copy);
    copyContent(call, child, copy);
  }
}

function copyPage(call: Call, page: PageNode, parentId: string | null): PageNode {
  return {
    ...page,
    ...fresh(call, parentId),
    properties: structuredClone(page.properties),
    publicUrl: null,
    children: [],
  };
}

function copyBlock(call: Call, block: BlockNode, parentId: string | null): BlockNode {
  return { ...block, ...fresh(call, parentId), content: structuredClone(block.content), children: [] };
}

function fresh(call: Call, parentId: string | null) {
  const now = call.world.clock.now();
  const by = call.caller.botId;
  return { id: call.world.ids.uuid(), parentId, createdAt: now, editedAt: now, createdBy: by, editedBy: by };
}
