import { z } from 'zod';
import { invalid } from '../../http/errors.ts';
import type { Call } from '../../http/route.ts';
import { databaseOf, notFound, visibleNode } from '../../rest/lookup.ts';
import { findView } from '../../rest/views.ts';
import type { Node, PageNode } from '../../world/records.ts';
import { titleOf } from '../../world/tree.ts';
import { addressOf, readReference } from '../reference.ts';
import { ancestorsOf } from '../text/ancestor-path.ts';
import { databaseText, dataSourceText, viewText } from '../text/database-text.ts';
import { pageText } from '../text/page-text.ts';
import { discussionsText } from './comments.ts';
import { selfOf } from './people.ts';
import { READ, type Tool, tool } from './tool.ts';

export const fetchTools: readonly Tool[] = [
  tool('notion-fetch', {
    title: 'Fetch Notion entities',
    description:
      'Get a page, database, data source (collection://…) or view (view://…) by its URL or id, or `self` for who this client acts as.',
    aliases: ['fetch'],
    annotations: READ,
    input: z.object({
      id: z.string().describe('URL, UUID, collection://…, view://… or self'),
      include_discussions: z.boolean().optional(),
      include_transcript: z.boolean().optional(),
    }),
    run(call, { id, include_discussions: discussions = false }) {
      const reference = readReference(id);
      if (reference === null) throw invalid(`Invalid id or URL: ${id}`);
      switch (reference.kind) {
        case 'self':
          return self(call);
        case 'view':
          return viewAnswer(call, reference.id);
        default:
          return nodeAnswer(call, reference.id, discussions);
      }
    },
  }),
];

function nodeAnswer(call: Call, id: string, discussions: boolean): object {
  const node = visibleNode(call, id);
  switch (node?.kind) {
    case 'page':
      return pageAnswer(call, node, discussions ? discussionsText(call, node) : '');
    case 'database':
      return answer('database', titleOf(node), addressOf(node.id), databaseText(call, node));
    case 'data_source': {
      const database = databaseOf(call, node);
      return answer('data_source', titleOf(node), addressOf(database.id), dataSourceText(node));
    }
    default:
      throw notFound(call, 'page', id);
  }
}

function pageAnswer(call: Call, page: PageNode, discussions: string): object {
  return {
    ...answer('page', titleOf(page), addressOf(page.id), pageText(call, page, discussions)),
    path: pathOf(call, page),
    page_last_edited_at: new Date(page.editedAt).toISOString(),
    verification: { state: 'unverified' },
    cover: page.cover,
    icon: page.icon,
    truncated: false,
    unknown_block_ids: [],
    ...(page.inTrash ? { in_trash: true } : {}),
  };
}

function viewAnswer(call: Call, id: string): object {
  const view = findView(call, id);
  return answer('view', view.name, `view://${view.id}`, viewText(view));
}

function self(call: Call): object {
  const who = selfOf(call);
  return { ...answer('self', who.workspace.name, 'self', JSON.stringify(who)), ...who };
}

function answer(type: string, title: string, url: string, text: string) {
  return { metadata: { type }, title, url, text };
}

function pathOf(call: Call, node: Node): string {
  const above = ancestorsOf(call.world, node).filter(one => one.kind !== 'data_source');
  return above.map(titleOf).reverse().join(' / ');
}
