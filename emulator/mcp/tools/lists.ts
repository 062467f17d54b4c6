import { z } from 'zod';
import type { Call } from '../../http/route.ts';
import { findPage, visibleNode } from '../../rest/lookup.ts';
import { searchTitles } from '../../rest/title-search.ts';
import { setTrash } from '../../rest/trash.ts';
import type { Node } from '../../world/records.ts';
import { titleOf } from '../../world/tree.ts';
import { addressOf, idOf } from '../reference.ts';
import { rest } from '../rest-call.ts';
import { CHANGE, READ, type Tool, tool } from './tool.ts';

const LISTED = 50;
const none = z.object({});

export const listTools: readonly Tool[] = [
  tool('notion-list-private-pages', {
    title: 'List private pages',
    description: "The person's private pages.",
    annotations: READ,
    input: none,
    run: call => entries(tops(call).filter(node => node.kind === 'page' && node.privateTo === call.caller.userId)),
  }),
  tool('notion-list-shared-pages', {
    title: 'List shared pages',
    description: 'The pages at the top of the workspace that the person shares with others.',
    annotations: READ,
    input: none,
    run: call => entries(tops(call).filter(node => node.kind !== 'page' || node.privateTo === null)),
  }),
  tool('notion-list-favorite-pages', {
    title: 'List favorite pages',
    description: "The person's favorite pages.",
    annotations: READ,
    input: none,
    run: () => entries([]),
  }),
  tool('notion-list-recent-pages', {
    title: 'List recent pages',
    description: 'The pages that were edited last.',
    annotations: READ,
    input: none,
    run(call) {
      const anyPage = { query: '', oldestFirst: false, inTrash: false, accepts: (node: Node) => node.kind === 'page' };
      return entries(searchTitles(call, anyPage, undefined, LISTED).items);
    },
  }),
  tool('notion-get-async-task', {
    title: 'Get async task',
    description: 'How far a task is that was started with allow_async.',
    annotations: READ,
    input: z.object({ task_id: z.string() }),
    run: (call, { task_id: id }) => rest(call, 'GET', `/v1/async_tasks/${encodeURIComponent(id)}`),
  }),
  tool('notion-delete-pages', {
    title: 'Delete pages',
    description: 'Move up to 20 pages to the trash.',
    annotations: CHANGE,
    // Seen by some clients and documented nowhere: it works, and no list shows it.
    listed: false,
    input: z.object({ page_ids: z.array(z.string()).min(1).max(20) }),
    run(call, { page_ids: ids }) {
      const pages = ids.map(id => findPage(call, idOf(id)));
      for (const page of pages) setTrash(call, page, true);
      return { result: `Successfully deleted ${pages.length} page(s): ${pages.map(page => page.id).join(', ')}` };
    },
  }),
];

/** What stands at the top of the workspace and the person sees. */
function tops(call: Call): Node[] {
  const ids = call.world.tops.get(call.caller.workspaceId) ?? [];
  return ids.flatMap(id => visibleNode(call, id) ?? []).filter(node => !node.inTrash);
}

function entries(nodes: readonly Node[]): object {
  const results = nodes.slice(0, LISTED).map(node => ({
    type: node.kind,
    url: addressOf(node.id),
    title: titleOf(node),
    ...(node.kind === 'page' && node.icon?.type === 'emoji' ? { icon: node.icon.emoji } : {}),
  }));
  return { results };
}
