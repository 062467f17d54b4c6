import { z } from 'zod';
import { invalid } from '../../http/errors.ts';
import type { Call } from '../../http/route.ts';
import { commentObject } from '../../rest/comments.ts';
import { findPage } from '../../rest/lookup.ts';
import type { Comment, Container, PageNode } from '../../world/records.ts';
import { liveChildren } from '../../world/tree.ts';
import { idOf } from '../reference.ts';
import { rest } from '../rest-call.ts';
import { attribute } from '../text/markup.ts';
import { CREATE, READ, type Tool, tool } from './tool.ts';

export const commentTools: readonly Tool[] = [
  tool('notion-create-comment', {
    title: 'Create comment',
    description: 'Add a comment to a page, or reply to a discussion.',
    annotations: CREATE,
    input: z.object({
      page_id: z.string().optional(),
      discussion_id: z.string().optional().describe('discussion://pageId/blockId/discussionId, or the last part of it'),
      rich_text: z.array(z.record(z.string(), z.unknown())).optional(),
      markdown: z.string().optional(),
    }),
    async run(call, { page_id: pageId, discussion_id: discussion, rich_text, markdown }) {
      if (pageId === undefined && discussion === undefined) throw invalid('page_id or discussion_id is required');
      const place =
        discussion === undefined
          ? { parent: { page_id: idOf(pageId ?? '') } }
          : { discussion_id: discussionId(discussion) };
      const body = { ...place, rich_text, markdown, display_name: { type: 'user' } };
      const made = await rest(call, 'POST', '/v1/comments', { body });
      return { result: { status: 'success', id: made.id } };
    },
  }),
  tool('notion-get-comments', {
    title: 'Get comments',
    description: 'Read the comments and discussions of a page.',
    annotations: READ,
    input: z.object({
      page_id: z.string(),
      discussion_id: z.string().optional(),
      include_all_blocks: z.boolean().optional(),
      include_resolved: z.boolean().optional(),
    }),
    run(call, { page_id: pageId, discussion_id: discussion, include_all_blocks: deep = false }) {
      const page = findPage(call, idOf(pageId));
      const only = discussion === undefined ? null : discussionId(discussion);
      const found = commentsOf(call, page, deep || only !== null);
      const wanted = found.filter(one => only === null || one.discussionId === only);
      const results = wanted.map(one => ({ ...commentObject(call, one), discussion_id: discussionAddress(page, one) }));
      return { results, has_more: false };
    },
  }),
];

/** The discussions of a page in short, as `include_discussions` shows them; empty without any. */
export function discussionsText(call: Call, page: PageNode): string {
  const counts = new Map<string, number>();
  for (const comment of commentsOf(call, page, true)) {
    const address = discussionAddress(page, comment);
    counts.set(address, (counts.get(address) ?? 0) + 1);
  }
  if (counts.size === 0) return '';
  const lines = [...counts].map(([url, count]) => `<discussion url="${attribute(url)}" comment-count="${count}"/>`);
  return `<page-discussions>\n${lines.join('\n')}\n</page-discussions>`;
}

function commentsOf(call: Call, page: PageNode, deep: boolean): Comment[] {
  const places = deep ? [page.id, ...blocksBelow(call, page)] : [page.id];
  const ids = places.flatMap(id => call.world.commentsOn.get(id) ?? []);
  return ids.flatMap(id => call.world.comments.get(id) ?? []);
}

function blocksBelow(call: Call, container: Container): string[] {
  const blocks = [...liveChildren(call.world, container)].filter(child => child.kind === 'block');
  return blocks.flatMap(block => [block.id, ...blocksBelow(call, block)]);
}

/** The page is part of the address, so a gateway that judges a reply can see the page of the discussion. */
function discussionAddress(page: PageNode, comment: Comment): string {
  return `discussion://${page.id}/${comment.parentId}/${comment.discussionId}`;
}

function discussionId(text: string): string {
  return idOf(text.split('/').at(-1) ?? '');
}
