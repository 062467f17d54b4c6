import { z } from 'zod';
import { invalid } from '../../http/errors.ts';
import type { Call } from '../../http/route.ts';
import { findDatabase, firstDataSource, notFound, visibleNode } from '../../rest/lookup.ts';
import type { DatabaseNode, PageNode } from '../../world/records.ts';
import { moveNode, touch } from '../../world/tree.ts';
import { announce } from '../../world/world.ts';
import { idOf } from '../reference.ts';
import { rest } from '../rest-call.ts';
import { databaseParent, dataSourceParent, pageParent, type Tool, tool } from './tool.ts';

const input = z.object({
  page_or_database_ids: z.array(z.string()).min(1).max(100),
  new_parent: z.union([pageParent, databaseParent, dataSourceParent, z.object({ type: z.literal('workspace') })]),
});
type NewParent = z.infer<typeof input>['new_parent'];

export const movePagesTool: Tool = tool('notion-move-pages', {
  title: 'Move pages',
  description: 'Move pages or databases to another parent. `workspace` makes them private pages.',
  // Notion's own words about a tool that can hide a page from everybody.
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true },
  input,
  async run(call, { page_or_database_ids: ids, new_parent: parent }) {
    const nodes = ids.map(id => movable(call, idOf(id)));
    for (const node of nodes) await move(call, node, parent);
    const items = nodes.length === 1 ? '1 item' : `${nodes.length} items`;
    return { result: `Successfully moved ${items}: ${nodes.map(node => node.id).join(', ')}` };
  },
});

function movable(call: Call, id: string): PageNode | DatabaseNode {
  const node = visibleNode(call, id);
  if (node?.kind === 'page' || node?.kind === 'database') return node;
  throw notFound(call, 'page', id);
}

async function move(call: Call, node: PageNode | DatabaseNode, parent: NewParent): Promise<void> {
  if (!('page_id' in parent || 'database_id' in parent || 'data_source_id' in parent)) {
    moveToTop(call, node);
    return;
  }
  if (node.kind === 'database') {
    if (!('page_id' in parent)) throw invalid('A database can only be moved to a page or to the workspace.');
    await rest(call, 'PATCH', `/v1/databases/${node.id}`, { body: { parent: { page_id: idOf(parent.page_id) } } });
    return;
  }
  await rest(call, 'POST', `/v1/pages/${node.id}/move`, { body: { parent: restParent(call, parent) } });
  // Below another page it is seen by everyone who sees that page.
  node.privateTo = null;
}

function restParent(call: Call, parent: Exclude<NewParent, { type: 'workspace' }>): object {
  if ('page_id' in parent) return { page_id: idOf(parent.page_id) };
  if ('data_source_id' in parent) return { data_source_id: idOf(parent.data_source_id) };
  return { data_source_id: firstDataSource(call, findDatabase(call, idOf(parent.database_id))).id };
}

/** The REST API cannot do this: the page leaves its place and is from now on the person's alone. */
function moveToTop(call: Call, node: PageNode | DatabaseNode): void {
  moveNode(call.world, node, null);
  if (node.kind === 'page') node.privateTo = call.caller.userId;
  touch(call.world, node, call.caller.botId);
  announce(call.world, {
    type: `${node.kind}.moved`,
    workspaceId: node.workspaceId,
    id: node.id,
    by: call.caller.botId,
  });
}
