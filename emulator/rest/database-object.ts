import type { DatabaseObjectResponse, DataSourceObjectResponse } from '@notionhq/client';
import { minuteTime, offsetTime } from '../clock.ts';
import type { Call } from '../http/route.ts';
import { DATA_SOURCES_SINCE, isSince, RELATION_TYPES_SINCE } from '../http/versions.ts';
import type { DatabaseNode, DataSourceNode, Node, PropertyConfig } from '../world/records.ts';
import { plainText } from '../world/rich-text.ts';
import { withHostedFile } from './file-input.ts';
import { databaseOf, firstDataSource } from './lookup.ts';
import { withTrash } from './page-object.ts';
import { richTextObject } from './rich-text-object.ts';
import { partialUser } from './user-object.ts';

/** A database as the caller's version shows it: before 2025-09-03 it carries the schema of its first data source. */
export function databaseObject(call: Call, database: DatabaseNode): DatabaseObjectResponse {
  const common = withTrash(call, {
    object: 'database' as const,
    id: database.id,
    title: richTextObject(call, database.title),
    description: richTextObject(call, database.description),
    parent: databaseParent(call, database),
    is_inline: database.inline,
    in_trash: database.inTrash,
    is_locked: database.locked,
    created_time: offsetTime(database.createdAt),
    last_edited_time: offsetTime(database.editedAt),
    icon: withHostedFile(call, database.icon),
    cover: withHostedFile(call, database.cover),
    url: databaseUrl(database.id),
    public_url: null,
  });
  if (isSince(call.version, DATA_SOURCES_SINCE))
    return { ...common, data_sources: dataSourceReferences(call, database) };
  return legacyDatabase(call, database, common);
}

/** A data source since 2025-09-03. Before, search and queries show its database instead. */
export function dataSourceObject(
  call: Call,
  source: DataSourceNode,
): DataSourceObjectResponse | DatabaseObjectResponse {
  const database = databaseOf(call, source);
  if (!isSince(call.version, DATA_SOURCES_SINCE)) return databaseObject(call, database);
  return withTrash(call, {
    object: 'data_source',
    id: source.id,
    cover: withHostedFile(call, source.cover),
    icon: withHostedFile(call, source.icon),
    created_time: minuteTime(source.createdAt),
    created_by: partialUser(source.createdBy),
    last_edited_by: partialUser(source.editedBy),
    last_edited_time: minuteTime(source.editedAt),
    title: richTextObject(call, source.title),
    description: richTextObject(call, source.description),
    is_inline: database.inline,
    properties: schemaObject(source),
    parent: { type: 'database_id', database_id: database.id },
    database_parent: databaseParent(call, database),
    url: databaseUrl(database.id),
    public_url: null,
    in_trash: source.inTrash || database.inTrash,
  });
}

export function schemaObject(source: DataSourceNode): Record<string, PropertyConfig> {
  return Object.fromEntries([...source.schema.values()].map(config => [config.name, config]));
}

export function databaseUrl(databaseId: string): string {
  return `https://app.notion.com/p/${databaseId.replaceAll('-', '')}`;
}

function databaseParent(call: Call, database: DatabaseNode): DatabaseObjectResponse['parent'] {
  const parent: Node | undefined = database.parentId === null ? undefined : call.world.nodes.get(database.parentId);
  if (parent?.kind === 'page') return { type: 'page_id', page_id: parent.id };
  if (parent?.kind === 'block') return { type: 'block_id', block_id: parent.id };
  return { type: 'workspace', workspace: true };
}

function dataSourceReferences(call: Call, database: DatabaseNode): DatabaseObjectResponse['data_sources'] {
  return database.dataSources.flatMap(id => {
    const source = call.world.nodes.get(id);
    if (source?.kind !== 'data_source' || source.inTrash) return [];
    return [{ id, name: plainText(source.title) }];
  });
}

/** Before 2025-09-03 a relation names the database alone, and before 2022-06-28 it does not say how many sides it has. */
function legacySchema(call: Call, source: DataSourceNode): Record<string, object> {
  return Object.fromEntries(
    [...source.schema.values()].map(config => {
      if (config.type !== 'relation') return [config.name, config];
      const { data_source_id: _source, ...relation } = config.relation;
      if (isSince(call.version, RELATION_TYPES_SINCE)) return [config.name, { ...config, relation }];
      const { database_id } = relation;
      const back = relation.type === 'dual_property' ? relation.dual_property : {};
      return [config.name, { ...config, relation: { database_id, ...back } }];
    }),
  );
}

/** The shape before 2025-09-03, which the official types no longer describe. */
function legacyDatabase(call: Call, database: DatabaseNode, common: object): DatabaseObjectResponse {
  const source = firstDataSource(call, database);
  return {
    ...common,
    created_by: partialUser(database.createdBy),
    last_edited_by: partialUser(database.editedBy),
    properties: legacySchema(call, source),
  } as unknown as DatabaseObjectResponse;
}
