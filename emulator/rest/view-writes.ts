import type { Call } from '../http/route.ts';
import type { DatabaseNode, DataSourceNode, View } from '../world/records.ts';
import { announce } from '../world/world.ts';

/** The table view that every new database gets. */
export function addDefaultView(call: Call, database: DatabaseNode, source: DataSourceNode): View {
  return addView(call, database, source, { name: 'Default view', type: 'table' });
}

/** Adds a view to a database's tabs, at the end unless `index` says where. */
export function addView(
  call: Call,
  database: DatabaseNode,
  source: DataSourceNode,
  wanted: Pick<View, 'name' | 'type'> &
    Partial<Pick<View, 'filter' | 'sorts' | 'quickFilters' | 'configuration' | 'dashboardViewId'>>,
  index = database.views.length,
): View {
  const now = call.world.clock.now();
  const view: View = {
    id: call.world.ids.uuid(),
    workspaceId: database.workspaceId,
    databaseId: database.id,
    dataSourceId: source.id,
    name: wanted.name,
    type: wanted.type,
    createdAt: now,
    editedAt: now,
    createdBy: call.caller.botId,
    editedBy: call.caller.botId,
    filter: wanted.filter ?? null,
    sorts: wanted.sorts ?? null,
    quickFilters: wanted.quickFilters ?? null,
    configuration: wanted.configuration ?? null,
    dashboardViewId: wanted.dashboardViewId ?? null,
  };
  call.world.views.set(view.id, view);
  database.views.splice(index, 0, view.id);
  announce(call.world, {
    type: 'view.created',
    workspaceId: view.workspaceId,
    id: view.id,
    by: call.caller.botId,
    data: { database_id: view.databaseId, view_type: view.type },
  });
  return view;
}
