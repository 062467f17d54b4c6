import type { Call } from '../http/route.ts';
import type { Node } from '../world/records.ts';
import { touch } from '../world/tree.ts';
import { announce } from '../world/world.ts';

/** What a body asks for: `true` to the trash, `false` out of it, `null` neither. The old and the new name mean the same. */
export function trashFlag(body: { in_trash?: boolean; archived?: boolean }): boolean | null {
  return body.in_trash ?? body.archived ?? null;
}

const EVENT_OF = { page: 'page', database: 'database', data_source: 'data_source' } as const;

/** Moves a node to the trash or back. What is below it goes along, because trash is inherited. */
export function setTrash(call: Call, node: Node, inTrash: boolean): void {
  if (node.inTrash === inTrash) return;
  node.inTrash = inTrash;
  touch(call.world, node, call.caller.botId);
  const event = { workspaceId: node.workspaceId, by: call.caller.botId };
  if (node.kind === 'block') announce(call.world, { ...event, type: 'page.content_updated', id: node.id });
  else
    announce(call.world, {
      ...event,
      type: `${EVENT_OF[node.kind]}.${inTrash ? 'deleted' : 'undeleted'}`,
      id: node.id,
    });
}
