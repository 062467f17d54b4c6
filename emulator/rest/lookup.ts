import { type ObjectKind, objectNotFound } from '../http/errors.ts';
import type { Call } from '../http/route.ts';
import type { DatabaseNode, DataSourceNode, Node, PageNode } from '../world/records.ts';
import { sees } from '../world/sharing.ts';

/** The node with this id if the caller's connection may see it; otherwise it might as well not exist. */
export function visibleNode(call: Call, id: string): Node | null {
  const node = call.world.nodes.get(id);
  return node !== undefined && sees(call.world, call.caller, node) ? node : null;
}

export function notFound(call: Call, kind: ObjectKind, id: string) {
  return objectNotFound(kind, id, call.caller);
}

export function findPage(call: Call, id: string): PageNode {
  const node = visibleNode(call, id);
  if (node?.kind === 'page') return node;
  throw notFound(call, 'page', id);
}

export function findDatabase(call: Call, id: string): DatabaseNode {
  const node = visibleNode(call, id);
  if (node?.kind === 'database') return node;
  throw notFound(call, 'database', id);
}

export function findDataSource(call: Call, id: string): DataSourceNode {
  const node = visibleNode(call, id);
  if (node?.kind === 'data_source') return node;
  throw notFound(call, 'data source', id);
}

/** Block routes take the ids of blocks, pages and databases alike. */
export function findBlock(call: Call, id: string): Exclude<Node, DataSourceNode> {
  const node = visibleNode(call, id);
  if (node !== null && node.kind !== 'data_source') return node;
  throw notFound(call, 'block', id);
}

export function databaseOf(call: Call, source: DataSourceNode): DatabaseNode {
  const node = source.parentId === null ? undefined : call.world.nodes.get(source.parentId);
  if (node?.kind === 'database') return node;
  throw new Error(`data source ${source.id} has no database`);
}

/** The first data source of a database: all that versions before 2025-09-03 know of it. */
export function firstDataSource(call: Call, database: DatabaseNode): DataSourceNode {
  for (const id of database.dataSources) {
    const node = call.world.nodes.get(id);
    if (node?.kind === 'data_source') return node;
  }
  throw notFound(call, 'database', database.id);
}
