import type { DatabaseObjectResponse, PartialDatabaseObjectResponse } from '@notionhq/client';
import { invalid } from '../http/errors.ts';
import { type Call, type Route, route } from '../http/route.ts';
import {
  absent,
  boolean,
  nullable,
  object,
  oneOf,
  optional,
  type Read,
  type Shape,
  union,
  uuid,
} from '../http/shape.ts';
import { DATA_SOURCES_SINCE, IN_TRASH_SINCE, isSince, type Version } from '../http/versions.ts';
import type { DatabaseNode, PageNode } from '../world/records.ts';
import { addNode, moveNode, retitle, touch } from '../world/tree.ts';
import { announce } from '../world/world.ts';
import { requireEditable } from './block-writes.ts';
import { createDataSource, updateSchema } from './data-source-writes.ts';
import { databaseObject } from './database-object.ts';
import { coverInput, iconInput, storedCover, storedIcon } from './icon-input.ts';
import { findDatabase, findPage, firstDataSource } from './lookup.ts';
import { richText } from './rich-text-input.ts';
import { schemaInput, schemaUpdateInput } from './schema-input.ts';
import { setTrash, trashFlag } from './trash.ts';
import { addDefaultView } from './view-writes.ts';

const databaseId = object({ database_id: uuid });
const parentInput = union(
  object({ type: optional(oneOf('page_id')), page_id: uuid }),
  object({ type: optional(oneOf('workspace')), workspace: oneOf(true) }),
);

const looks = (version: Version) => ({
  title: optional(richText),
  description: optional(richText),
  is_inline: optional(boolean),
  icon: optional(removable(version, iconInput)),
  cover: optional(removable(version, coverInput)),
});

/** Since 2025-09-03 the icon and cover of a database can be replaced, and not be taken away by `null`. */
function removable<T>(version: Version, shape: Shape<T>): Shape<T | null> {
  return isSince(version, DATA_SOURCES_SINCE) ? shape : nullable(shape);
}

/** Before 2025-09-03 the schema stood in the database itself. */
const creation = (version: Version) => {
  const since = isSince(version, DATA_SOURCES_SINCE);
  return object({
    ...looks(version),
    parent: parentInput,
    initial_data_source: since ? optional(object({ properties: optional(schemaInput) })) : NEVER_SOURCE,
    properties: since ? absent : optional(schemaInput),
  });
};
const NEVER_SOURCE = absent as Shape<{ properties?: Read<typeof schemaInput> } | undefined>;
type Creation = Read<ReturnType<typeof creation>>;

const update = (version: Version) =>
  object({
    ...looks(version),
    parent: optional(parentInput),
    is_locked: optional(boolean),
    in_trash: optional(boolean),
    archived: isSince(version, IN_TRASH_SINCE) ? absent : optional(boolean),
    properties: isSince(version, DATA_SOURCES_SINCE) ? absent : optional(schemaUpdateInput),
  });
type Update = Read<ReturnType<typeof update>>;

export const databaseRoutes: readonly Route[] = [
  route('GET', '/v1/databases/:database_id', {
    needs: 'read_content',
    params: databaseId,
    handle: (call, { params }) => databaseObject(call, findDatabase(call, params.database_id)),
  }),
  route('POST', '/v1/databases', {
    needs: 'insert_content',
    body: creation,
    handle: (call, { body }) => databaseAnswer(call, createDatabase(call, body)),
  }),
  route('PATCH', '/v1/databases/:database_id', {
    needs: 'update_content',
    params: databaseId,
    body: update,
    handle(call, { params, body }) {
      const database = findDatabase(call, params.database_id);
      updateDatabase(call, database, body);
      return databaseAnswer(call, database);
    },
  }),
];

function databaseAnswer(call: Call, database: DatabaseNode): DatabaseObjectResponse | PartialDatabaseObjectResponse {
  return call.caller.capabilities.read_content
    ? databaseObject(call, database)
    : { object: 'database', id: database.id };
}

/** A new database comes with one data source and one table view, whose ids differ from its own. */
function createDatabase(call: Call, body: Creation): DatabaseNode {
  const parent = parentOf(call, body.parent);
  const database = addDatabase(call, parent, body);
  const source = createDataSource(call, database, {
    title: body.title ?? [],
    properties: body.initial_data_source?.properties ?? body.properties ?? {},
  });
  addDefaultView(call, database, source);
  if (parent === null) call.caller.shared.add(database.id);
  announce(call.world, event(call, database, 'database.created'));
  return database;
}

/** A database without a data source yet. */
export function addDatabase(
  call: Call,
  parent: PageNode | null,
  body: Pick<Creation, 'title' | 'description' | 'is_inline' | 'icon' | 'cover'>,
): DatabaseNode {
  const now = call.world.clock.now();
  const database: DatabaseNode = {
    kind: 'database',
    id: call.world.ids.uuid(),
    workspaceId: call.caller.workspaceId,
    parentId: parent?.id ?? null,
    createdAt: now,
    editedAt: now,
    createdBy: call.caller.botId,
    editedBy: call.caller.botId,
    inTrash: false,
    title: body.title ?? [],
    description: body.description ?? [],
    icon: body.icon ? storedIcon(call, body.icon) : null,
    cover: body.cover ? storedCover(call, body.cover) : null,
    inline: body.is_inline ?? false,
    locked: false,
    dataSources: [],
    views: [],
  };
  addNode(call.world, database);
  return database;
}

function parentOf(call: Call, parent: Creation['parent']): PageNode | null {
  if ('workspace' in parent) {
    if (call.caller.userId !== null) return null;
    throw invalid(
      "Internal integrations aren't owned by a single user, so creating workspace-level databases is not supported.",
    );
  }
  const page = findPage(call, parent.page_id);
  requireEditable(call, page);
  return page;
}

function updateDatabase(call: Call, database: DatabaseNode, body: Update): void {
  const trash = trashFlag(body);
  if (trash !== false) requireEditable(call, database);
  if (body.properties !== undefined) updateSchema(call, firstDataSource(call, database), body.properties);
  const { title } = body;
  if (title !== undefined) {
    database.title = title;
    // A database with one data source shares its name with it, as Notion's own interface does.
    if (database.dataSources.length === 1) {
      const source = firstDataSource(call, database);
      retitle(call.world, source, () => {
        source.title = title;
      });
    }
  }
  if (body.description !== undefined) database.description = body.description;
  if (body.is_inline !== undefined) database.inline = body.is_inline;
  if (body.is_locked !== undefined) database.locked = body.is_locked;
  if (body.icon !== undefined) database.icon = body.icon === null ? null : storedIcon(call, body.icon);
  if (body.cover !== undefined) database.cover = body.cover === null ? null : storedCover(call, body.cover);
  touch(call.world, database, call.caller.botId);
  if (body.parent !== undefined) moveDatabase(call, database, body.parent);
  if (trash !== null) setTrash(call, database, trash);
}

function moveDatabase(call: Call, database: DatabaseNode, to: Creation['parent']): void {
  const parent = parentOf(call, to);
  if (parent?.id === database.parentId) return;
  moveNode(call.world, database, parent?.id ?? null);
  announce(call.world, event(call, database, 'database.moved'));
}

function event(call: Call, database: DatabaseNode, type: string) {
  return { type, workspaceId: database.workspaceId, id: database.id, by: call.caller.botId };
}
