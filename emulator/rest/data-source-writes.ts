import { invalid } from '../http/errors.ts';
import type { Call } from '../http/route.ts';
import type { Read } from '../http/shape.ts';
import type { DatabaseNode, DataSourceNode, Icon, PropertyConfig, RichText } from '../world/records.ts';
import { addNode, touch } from '../world/tree.ts';
import { announce } from '../world/world.ts';
import { propertyNamed } from './property-input.ts';
import { addProperty, type ConfigInput, configOf, freePropertyId, type schemaUpdateInput } from './schema-input.ts';

/** Makes a data source in a database. Every schema has a title property; without one it is called "Name". */
export function createDataSource(
  call: Call,
  database: DatabaseNode,
  body: { title: RichText; properties: Record<string, ConfigInput>; icon?: Icon | null },
): DataSourceNode {
  const now = call.world.clock.now();
  const source: DataSourceNode = {
    kind: 'data_source',
    id: call.world.ids.uuid(),
    workspaceId: database.workspaceId,
    parentId: database.id,
    createdAt: now,
    editedAt: now,
    createdBy: call.caller.botId,
    editedBy: call.caller.botId,
    inTrash: false,
    title: body.title,
    description: [],
    icon: body.icon ?? null,
    cover: null,
    schema: new Map(),
    rows: [],
    templates: [],
    lastUniqueId: 0,
  };
  const entries = Object.entries(body.properties);
  const titles = entries.filter(([, config]) => config.type === 'title');
  if (titles.length > 1) throw invalid('A data source has exactly one title property.');
  if (titles.length === 0) entries.unshift(['Name', { type: 'title', config: {}, name: undefined, description: null }]);
  for (const [name, config] of entries) linkBack(call, source, addProperty(call, source, name, config));
  addNode(call.world, source);
  announce(call.world, event(call, source, 'data_source.created'));
  return source;
}

/** Applies a schema update: adds, changes, renames (`{name}`) and drops (`null`) properties. */
export function updateSchema(call: Call, source: DataSourceNode, changes: Read<typeof schemaUpdateInput>): void {
  const updated: { id: string; name: string; action: string }[] = [];
  for (const [key, change] of Object.entries(changes)) {
    const config = propertyNamed(source, key);
    if (change === null) {
      if (config === null) throw invalid(`Could not find property with name or id: ${key}`);
      if (config.type === 'title') throw invalid('The title property cannot be deleted.');
      source.schema.delete(config.id);
      updated.push({ id: config.id, name: config.name, action: 'deleted' });
    } else if (config === null) {
      if (!('type' in change)) throw invalid(`Could not find property with name or id: ${key}`);
      const added = addProperty(call, source, change.name ?? key, change);
      linkBack(call, source, added);
      updated.push({ id: added.id, name: added.name, action: 'created' });
    } else {
      const changed = changeProperty(call, source, config, change);
      updated.push({ id: changed.id, name: changed.name, action: 'updated' });
    }
  }
  touch(call.world, source, call.caller.botId);
  announce(call.world, { ...event(call, source, 'data_source.schema_updated'), data: { updated_properties: updated } });
}

function changeProperty(
  call: Call,
  source: DataSourceNode,
  config: PropertyConfig,
  change: ConfigInput | { name: string },
): PropertyConfig {
  const head = {
    id: config.id,
    name: change.name ?? config.name,
    description: ('description' in change ? change.description : undefined) ?? config.description,
  };
  if ('type' in change && (change.type === 'title') !== (config.type === 'title')) {
    throw invalid('The title property cannot be changed to another type.');
  }
  const next = 'type' in change ? configOf(call, source, head, change) : { ...config, ...head };
  source.schema.set(config.id, next);
  return next;
}

/** The other side of a two-way relation: a property in the target that points back. */
function linkBack(call: Call, source: DataSourceNode, config: PropertyConfig): void {
  if (config.type !== 'relation' || config.relation.type !== 'dual_property') return;
  const synced = config.relation.dual_property;
  const target =
    source.id === config.relation.data_source_id ? source : call.world.nodes.get(config.relation.data_source_id);
  if (target?.kind !== 'data_source') return;
  const name = synced.synced_property_name || `Related to ${config.name}`;
  const id = freePropertyId(target, name);
  target.schema.set(id, {
    id,
    name,
    description: null,
    type: 'relation',
    relation: {
      database_id: source.parentId ?? '',
      data_source_id: source.id,
      type: 'dual_property',
      dual_property: { synced_property_id: config.id, synced_property_name: config.name },
    },
  });
  synced.synced_property_id = id;
  synced.synced_property_name = name;
}

function event(call: Call, source: DataSourceNode, type: string) {
  return { type, workspaceId: source.workspaceId, id: source.id, by: call.caller.botId };
}
