import type { DataSourceObjectResponse, PartialDataSourceObjectResponse } from '@notionhq/client';
import { listOf } from '../http/pagination.ts';
import { type Call, type Route, route } from '../http/route.ts';
import { absent, boolean, nullable, object, oneOf, optional, type Read, uuid } from '../http/shape.ts';
import { DATA_SOURCES_SINCE, IN_TRASH_SINCE, isSince, type Version } from '../http/versions.ts';
import type { DataSourceNode } from '../world/records.ts';
import { moveNode, retitle, touch } from '../world/tree.ts';
import { announce } from '../world/world.ts';
import { requireEditable } from './block-writes.ts';
import { createDataSource, updateSchema } from './data-source-writes.ts';
import { dataSourceObject, schemaObject } from './database-object.ts';
import { filterQuery, selectionOf } from './filter-properties.ts';
import { coverInput, iconInput, storedCover, storedIcon } from './icon-input.ts';
import { findDatabase, findDataSource, firstDataSource } from './lookup.ts';
import { pageObject } from './page-object.ts';
import { queryBody, queryRows } from './query.ts';
import { richText } from './rich-text-input.ts';
import { schemaInput, schemaUpdateInput } from './schema-input.ts';
import { setTrash, trashFlag } from './trash.ts';

const dataSourceId = object({ data_source_id: uuid });
const databaseParent = object({ type: optional(oneOf('database_id')), database_id: uuid });

const creation = object({
  parent: databaseParent,
  properties: schemaInput,
  title: optional(richText),
  icon: optional(nullable(iconInput)),
});

const update = (version: Version) =>
  object({
    title: optional(richText),
    description: optional(richText),
    icon: optional(nullable(iconInput)),
    cover: optional(nullable(coverInput)),
    properties: optional(schemaUpdateInput),
    parent: optional(databaseParent),
    in_trash: optional(boolean),
    archived: isSince(version, IN_TRASH_SINCE) ? absent : optional(boolean),
  });
type Update = Read<ReturnType<typeof update>>;

export const dataSourceRoutes: readonly Route[] = [
  route('GET', '/v1/data_sources/:data_source_id', {
    since: DATA_SOURCES_SINCE,
    needs: 'read_content',
    params: dataSourceId,
    handle: (call, { params }) => dataSourceObject(call, findDataSource(call, params.data_source_id)),
  }),
  route('POST', '/v1/data_sources', {
    since: DATA_SOURCES_SINCE,
    needs: 'insert_content',
    body: creation,
    handle(call, { body }) {
      const database = findDatabase(call, body.parent.database_id);
      requireEditable(call, database);
      const icon = body.icon ? storedIcon(call, body.icon) : null;
      return sourceAnswer(
        call,
        createDataSource(call, database, { title: body.title ?? [], properties: body.properties, icon }),
      );
    },
  }),
  route('PATCH', '/v1/data_sources/:data_source_id', {
    since: DATA_SOURCES_SINCE,
    needs: 'update_content',
    params: dataSourceId,
    body: update,
    handle(call, { params, body }) {
      const source = findDataSource(call, params.data_source_id);
      updateDataSource(call, source, body);
      return sourceAnswer(call, source);
    },
  }),
  route('POST', '/v1/data_sources/:data_source_id/query', {
    since: DATA_SOURCES_SINCE,
    needs: 'read_content',
    params: dataSourceId,
    query: filterQuery,
    body: queryBody,
    handle(call, { params, query, body }) {
      const source = findDataSource(call, params.data_source_id);
      const only = selectionOf(source, query.filter_properties);
      const found = queryRows(call, source, body);
      const rows = found.items.map(row => pageObject(call, row, only));
      return { ...listOf('page_or_data_source', rows, found.nextCursor), ...found.status };
    },
  }),
  route('POST', '/v1/databases/:database_id/query', {
    until: DATA_SOURCES_SINCE,
    needs: 'read_content',
    params: object({ database_id: uuid }),
    query: filterQuery,
    body: queryBody,
    handle(call, { params, query, body }) {
      const source = firstDataSource(call, findDatabase(call, params.database_id));
      const only = selectionOf(source, query.filter_properties);
      const found = queryRows(call, source, body);
      const rows = found.items.map(row => pageObject(call, row, only));
      return { ...listOf('page_or_database', rows, found.nextCursor), ...found.status };
    },
  }),
];

function sourceAnswer(call: Call, source: DataSourceNode): object {
  if (call.caller.capabilities.read_content) return dataSourceObject(call, source);
  const partial: PartialDataSourceObjectResponse = {
    object: 'data_source',
    id: source.id,
    properties: schemaObject(source) as DataSourceObjectResponse['properties'],
  };
  return partial;
}

function updateDataSource(call: Call, source: DataSourceNode, body: Update): void {
  const trash = trashFlag(body);
  if (trash !== false) requireEditable(call, source);
  const { title } = body;
  if (title !== undefined) {
    retitle(call.world, source, () => {
      source.title = title;
    });
  }
  if (body.description !== undefined) source.description = body.description;
  if (body.icon !== undefined) source.icon = body.icon === null ? null : storedIcon(call, body.icon);
  if (body.cover !== undefined) source.cover = body.cover === null ? null : storedCover(call, body.cover);
  if (body.properties !== undefined) updateSchema(call, source, body.properties);
  touch(call.world, source, call.caller.botId);
  if (body.parent !== undefined) moveSource(call, source, body.parent.database_id);
  if (trash !== null) setTrash(call, source, trash);
}

function moveSource(call: Call, source: DataSourceNode, databaseId: string): void {
  const target = findDatabase(call, databaseId);
  if (target.id === source.parentId) return;
  moveNode(call.world, source, target.id);
  announce(call.world, {
    type: 'data_source.moved',
    workspaceId: source.workspaceId,
    id: source.id,
    by: call.caller.botId,
  });
}
