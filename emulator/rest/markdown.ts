import type { PageMarkdownResponse } from '@notionhq/client/build/src/api-endpoints/common.js';
import { type Call, type Route, route } from '../http/route.ts';
import { looseObject, object, oneOf, optional, uuid } from '../http/shape.ts';
import type { Container, Node } from '../world/records.ts';
import { isContainer } from '../world/tree.ts';
import { acceptTask } from './async-tasks.ts';
import { requireEditable } from './block-writes.ts';
import { notFound, visibleNode } from './lookup.ts';
import { renderMarkdown } from './markdown-render.ts';
import { changeMarkdown, markdownChange } from './markdown-write.ts';

const pageId = object({ page_id: uuid });

export const markdownRoutes: readonly Route[] = [
  route('GET', '/v1/pages/:page_id/markdown', {
    needs: 'read_content',
    params: pageId,
    query: looseObject({ include_transcript: optional(oneOf('true', 'false')) }),
    handle: (call, { params }) => markdownObject(call, findContainer(call, params.page_id)),
  }),
  route('PATCH', '/v1/pages/:page_id/markdown', {
    needs: 'update_content',
    params: pageId,
    body: markdownChange,
    handle(call, { params, body }) {
      const container = findContainer(call, params.page_id);
      requireEditable(call, container);
      changeMarkdown(call, container, body);
      const answer = markdownObject(call, container);
      return body.allow_async === true ? acceptTask(call, 'PATCH /v1/pages/:page_id/markdown', answer) : answer;
    },
  }),
];

function markdownObject(call: Call, container: Container): PageMarkdownResponse {
  return {
    object: 'page_markdown',
    id: container.id,
    markdown: renderMarkdown(call, container),
    truncated: false,
    unknown_block_ids: [],
  };
}

/** The route is named after pages and takes the ids of blocks too. */
function findContainer(call: Call, id: string): Container {
  const node: Node | null = visibleNode(call, id);
  if (node !== null && isContainer(node)) return node;
  throw notFound(call, 'page', id);
}
