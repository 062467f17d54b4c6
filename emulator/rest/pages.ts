import type { GetPageResponse } from '@notionhq/client';
import { invalid } from '../http/errors.ts';
import { type Call, type Route, route } from '../http/route.ts';
import { absent, boolean, nullable, object, oneOf, optional, type Read, string, union, uuid } from '../http/shape.ts';
import { DATA_SOURCES_SINCE, IN_TRASH_SINCE, isSince, type Version } from '../http/versions.ts';
import type { DataSourceNode, Node, PageNode, RichText } from '../world/records.ts';
import {
  addNode,
  dataSourceOfRow,
  liveChildren,
  moveNode,
  type Position,
  removeNode,
  retitle,
  titleOf,
  touch,
} from '../world/tree.ts';
import { announce } from '../world/world.ts';
import { acceptTask } from './async-tasks.ts';
import { type BlockInput, childrenInput } from './block-input.ts';
import { appendBlocks, requireEditable } from './block-writes.ts';
import { filterQuery, type Selection, selectionOf } from './filter-properties.ts';
import { coverInput, iconInput, storedCover, storedIcon } from './icon-input.ts';
import { findDatabase, findDataSource, findPage, firstDataSource } from './lookup.ts';
import { parseMarkdown } from './markdown-parse.ts';
import { blocksIn } from './old-texts.ts';
import { pageObject } from './page-object.ts';
import { writeRow, writeTitleOnly } from './property-input.ts';
import { type PropertyInput, propertiesInput } from './property-values.ts';
import { applyTemplate, templateFor, templateInput } from './templates.ts';
import { setTrash, trashFlag } from './trash.ts';

const pageId = object({ page_id: uuid });

const pageParent = object({ type: optional(oneOf('page_id')), page_id: uuid });
const databaseParent = object({ type: optional(oneOf('database_id')), database_id: uuid });
const workspaceParent = object({ type: optional(oneOf('workspace')), workspace: oneOf(true) });
const dataSourceParent = object({
  type: optional(oneOf('data_source_id')),
  data_source_id: uuid,
  database_id: optional(uuid),
});
const parents = union(pageParent, databaseParent, dataSourceParent, workspaceParent);
const parentsBeforeDataSources = union(pageParent, databaseParent, workspaceParent);

const position = union(
  object({ type: oneOf('after_block'), after_block: object({ id: uuid }) }),
  object({ type: oneOf('page_start') }),
  object({ type: oneOf('page_end') }),
);

const creation = (version: Version) =>
  object({
    parent: optional(isSince(version, DATA_SOURCES_SINCE) ? parents : (parentsBeforeDataSources as typeof parents)),
    properties: optional(propertiesInput),
    icon: optional(nullable(iconInput)),
    cover: optional(nullable(coverInput)),
    children: optional(blocksIn(version, childrenInput)),
    /** The official client's types have both names. */
    content: optional(blocksIn(version, childrenInput)),
    markdown: optional(string()),
    template: optional(templateInput),
    allow_async: optional(boolean),
    position: optional(position),
  });
type Creation = Read<ReturnType<typeof creation>>;

const update = (version: Version) =>
  object({
    properties: optional(propertiesInput),
    icon: optional(nullable(iconInput)),
    cover: optional(nullable(coverInput)),
    is_locked: optional(boolean),
    erase_content: optional(boolean),
    template: optional(templateInput),
    is_archived: optional(boolean),
    in_trash: optional(boolean),
    archived: isSince(version, IN_TRASH_SINCE) ? absent : optional(boolean),
  });
type Update = Read<ReturnType<typeof update>>;

export const pageRoutes: readonly Route[] = [
  route('GET', '/v1/pages/:page_id', {
    needs: 'read_content',
    params: pageId,
    query: filterQuery,
    handle(call, { params, query }) {
      const page = findPage(call, params.page_id);
      return pageObject(call, page, selectionOf(dataSourceOfRow(call.world, page), query.filter_properties));
    },
  }),
  route('POST', '/v1/pages', {
    needs: 'insert_content',
    query: filterQuery,
    body: creation,
    handle(call, { body, query }) {
      const parent = parentOf(call, body.parent);
      const only = selectionOf(parent?.kind === 'data_source' ? parent : null, query.filter_properties);
      const answer = pageAnswer(call, createPage(call, parent, body), only);
      return body.allow_async === true ? acceptTask(call, 'POST /v1/pages', answer) : answer;
    },
  }),
  route('PATCH', '/v1/pages/:page_id', {
    needs: 'update_content',
    params: pageId,
    query: filterQuery,
    body: update,
    handle(call, { params, query, body }) {
      const page = findPage(call, params.page_id);
      const only = selectionOf(dataSourceOfRow(call.world, page), query.filter_properties);
      updatePage(call, page, body);
      return pageAnswer(call, page, only);
    },
  }),
  route('POST', '/v1/pages/:page_id/move', {
    needs: 'update_content',
    params: pageId,
    body: object({ parent: union(pageParent, dataSourceParent) }),
    handle(call, { params, body }) {
      const page = findPage(call, params.page_id);
      movePage(call, page, body.parent);
      return pageAnswer(call, page);
    },
  }),
];

/** A write's answer is a read: without the read capability only the id comes back. */
function pageAnswer(call: Call, page: PageNode, only: Selection = null): GetPageResponse {
  return call.caller.capabilities.read_content ? pageObject(call, page, only) : { object: 'page', id: page.id };
}

function createPage(call: Call, parent: PageNode | DataSourceNode | null, body: Creation): PageNode {
  const page = blankPage(call, parent);
  const properties = body.properties ?? {};
  if (parent?.kind === 'data_source') writeNewRow(call, parent, page, properties);
  else writeTitleOnly(page, properties);
  page.icon = body.icon ? storedIcon(call, body.icon) : null;
  page.cover = body.cover ? storedCover(call, body.cover) : null;
  const template = templateFor(call, parent?.kind === 'data_source' ? parent : null, body.template);
  const blocks = contentOf(page, body);
  addNode(call.world, page, placeOf(call, parent, body.position));
  if (parent === null) call.caller.shared.add(page.id);
  if (template !== null) applyTemplate(call, page, template);
  appendBlocks(call, page, blocks, 'end');
  announce(call.world, { type: 'page.created', workspaceId: page.workspaceId, id: page.id, by: call.caller.botId });
  return page;
}

/** `children`, `content` or `markdown`. Without a title the first heading of the Markdown becomes it, as documented. */
function contentOf(page: PageNode, body: Creation): readonly BlockInput[] {
  const given = (['markdown', 'children', 'content'] as const).filter(name => body[name] !== undefined);
  if (given.length > 1) {
    throw invalid(`body failed validation: body.${given[1]} should be not present when body.${given[0]} is given.`);
  }
  if (body.markdown === undefined) return body.children ?? body.content ?? [];
  const blocks = parseMarkdown(body.markdown);
  const heading = blocks.findIndex(one => one.type === 'heading_1');
  if (titleOf(page) !== '' || heading < 0) return blocks;
  const title = blocks[heading]?.content.rich_text as RichText;
  page.properties.title = { id: 'title', type: 'title', title };
  return blocks.toSpliced(heading, 1);
}

/** Where a page goes: below a page, into a data source, or (`null`) among the private pages of the authorising person. */
function parentOf(call: Call, parent: Creation['parent']): PageNode | DataSourceNode | null {
  if (parent === undefined || 'workspace' in parent) {
    if (call.caller.userId !== null) return null;
    throw invalid(
      "Internal integrations aren't owned by a single user, so creating workspace-level private pages is not supported.",
    );
  }
  const target = targetOf(call, parent);
  requireEditable(call, target);
  return target;
}

function targetOf(
  call: Call,
  parent: { page_id: string } | { data_source_id: string } | { database_id: string },
): PageNode | DataSourceNode {
  if ('page_id' in parent) return findPage(call, parent.page_id);
  if ('data_source_id' in parent) return findDataSource(call, parent.data_source_id);
  const database = findDatabase(call, parent.database_id);
  if (database.dataSources.length > 1 && isSince(call.version, DATA_SOURCES_SINCE)) {
    throw invalid('Databases with multiple data sources are not supported in this API version.');
  }
  return firstDataSource(call, database);
}

function placeOf(call: Call, parent: Node | null, where: Creation['position']): Position {
  if (where === undefined || where.type === 'page_end') return 'end';
  if (where.type === 'page_start') return 'start';
  const sibling = call.world.nodes.get(where.after_block.id);
  if (sibling === undefined || sibling.parentId !== parent?.id) {
    throw invalid(`Block ID ${where.after_block.id} to append children after is not parented by ${parent?.id}.`);
  }
  return { after: sibling.id };
}

/** A page with nothing in it yet, not placed anywhere. */
export function blankPage(call: Call, parent: PageNode | DataSourceNode | null): PageNode {
  const now = call.world.clock.now();
  return {
    kind: 'page',
    id: call.world.ids.uuid(),
    workspaceId: call.caller.workspaceId,
    parentId: parent?.id ?? null,
    createdAt: now,
    editedAt: now,
    createdBy: call.caller.botId,
    editedBy: call.caller.botId,
    inTrash: false,
    properties: parent?.kind === 'data_source' ? {} : { title: { id: 'title', type: 'title', title: [] } },
    icon: null,
    cover: null,
    locked: false,
    archived: false,
    publicUrl: null,
    privateTo: parent === null ? call.caller.userId : null,
    template: null,
    children: [],
  };
}

function writeNewRow(call: Call, source: DataSourceNode, page: PageNode, input: Record<string, PropertyInput>): void {
  page.properties.title = { id: 'title', type: 'title', title: [] };
  writeRow(call, source, page, input);
  for (const config of source.schema.values()) {
    if (config.type !== 'unique_id') continue;
    source.lastUniqueId += 1;
    page.properties[config.id] = {
      id: config.id,
      type: 'unique_id',
      unique_id: { prefix: config.unique_id.prefix, number: source.lastUniqueId },
    };
  }
}

function updatePage(call: Call, page: PageNode, body: Update): void {
  const trash = trashFlag(body);
  if (trash !== false) requireEditable(call, page);
  const bot = call.caller.botId;
  const event = { workspaceId: page.workspaceId, id: page.id, by: bot };
  if (body.properties !== undefined) writeProperties(call, page, body.properties);
  if (body.icon !== undefined) page.icon = body.icon === null ? null : storedIcon(call, body.icon);
  if (body.cover !== undefined) page.cover = body.cover === null ? null : storedCover(call, body.cover);
  if (body.is_archived !== undefined) page.archived = body.is_archived;
  if (body.is_locked !== undefined && body.is_locked !== page.locked) {
    page.locked = body.is_locked;
    announce(call.world, { ...event, type: page.locked ? 'page.locked' : 'page.unlocked' });
  }
  if (body.erase_content === true) {
    for (const child of [...liveChildren(call.world, page)]) removeNode(call.world, child);
    announce(call.world, { ...event, type: 'page.content_updated' });
  }
  const template = templateFor(call, dataSourceOfRow(call.world, page), body.template);
  if (template !== null) applyTemplate(call, page, template);
  touch(call.world, page, bot);
  if (trash !== null) setTrash(call, page, trash);
}

function writeProperties(call: Call, page: PageNode, input: Record<string, PropertyInput>): void {
  const source = dataSourceOfRow(call.world, page);
  retitle(call.world, page, () => {
    if (source === null) writeTitleOnly(page, input);
    else writeRow(call, source, page, input);
  });
  announce(call.world, {
    type: 'page.properties_updated',
    workspaceId: page.workspaceId,
    id: page.id,
    by: call.caller.botId,
    data: { updated_properties: Object.keys(input) },
  });
}

function movePage(call: Call, page: PageNode, parent: { page_id: string } | { data_source_id: string }): void {
  const target = targetOf(call, parent);
  requireEditable(call, page);
  requireEditable(call, target);
  for (let node: Node | undefined = target; node !== undefined; ) {
    if (node.id === page.id) throw invalid('A page cannot be moved into itself or into a page below it.');
    node = node.parentId === null ? undefined : call.world.nodes.get(node.parentId);
  }
  moveNode(call.world, page, target.id);
  touch(call.world, page, call.caller.botId);
  announce(call.world, { type: 'page.moved', workspaceId: page.workspaceId, id: page.id, by: call.caller.botId });
}
