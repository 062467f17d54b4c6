import type { Client } from '@notionhq/client';
import { invalid } from '../http/errors.ts';
import { pageOf, queryPaging } from '../http/pagination.ts';
import { type Call, Reply, type Route, route } from '../http/route.ts';
import { looseObject, object, oneOf, optional, type Read, string, union, uuid } from '../http/shape.ts';
import { DATA_SOURCES_SINCE } from '../http/versions.ts';
import type { BlockNode, Container, DataSourceNode, PageNode } from '../world/records.ts';
import { addNode, liveChildren, retitle, titleOf } from '../world/tree.ts';
import { findDataSource, notFound, visibleNode } from './lookup.ts';

/** How a request names a template. `none` is the default of a creation. */
export const templateInput = union(
  object({ type: oneOf('default'), timezone: optional(string()) }),
  object({ type: oneOf('template_id'), template_id: uuid, timezone: optional(string()) }),
  object({ type: oneOf('none') }),
);
export type TemplateInput = Read<typeof templateInput>;

type Templates = Awaited<ReturnType<Client['dataSources']['listTemplates']>>;

export const templateRoutes: readonly Route[] = [
  route('GET', '/v1/data_sources/:data_source_id/templates', {
    since: DATA_SOURCES_SINCE,
    needs: 'read_content',
    params: object({ data_source_id: uuid }),
    query: looseObject({ ...queryPaging, name: optional(string()) }),
    handle(call, { params, query }) {
      const all = templatesOf(call, findDataSource(call, params.data_source_id)).filter(
        one => query.name === undefined || titleOf(one).toLowerCase().includes(query.name.toLowerCase()),
      );
      const page = pageOf(all, query);
      const answer: Templates = {
        templates: page.items.map(one => ({ id: one.id, name: titleOf(one), is_default: one.template === 'default' })),
        has_more: page.nextCursor !== null,
        next_cursor: page.nextCursor,
      };
      // Recorded: this list has no `object`, no `type` and no `request_id`.
      return new Reply(200, answer, false);
    },
  }),
];

function templatesOf(call: Call, source: DataSourceNode): PageNode[] {
  return source.templates.flatMap(id => {
    const node = call.world.nodes.get(id);
    return node?.kind === 'page' && !node.inTrash ? [node] : [];
  });
}

/** The page that a request wants copied; `null` if it wants none. Any page that the caller sees can be a template. */
export function templateFor(
  call: Call,
  source: DataSourceNode | null,
  input: TemplateInput | undefined,
): PageNode | null {
  if (input === undefined || input.type === 'none') return null;
  if (input.type === 'template_id') {
    const node = visibleNode(call, input.template_id);
    if (node?.kind !== 'page') throw notFound(call, 'page', input.template_id);
    return node;
  }
  const found = source === null ? undefined : templatesOf(call, source).find(one => one.template === 'default');
  if (found === undefined) throw invalid('The data source has no default template.');
  return found;
}

/** Copies a template's values and content into a page; values that the page already has win. */
export function applyTemplate(call: Call, page: PageNode, template: PageNode): void {
  retitle(call.world, page, () => {
    for (const [id, value] of Object.entries(template.properties)) {
      const empty = id === 'title' && titleOf(page) === '';
      if (page.properties[id] === undefined || empty) page.properties[id] = structuredClone(value);
    }
  });
  page.icon ??= template.icon;
  page.cover ??= template.cover;
  copyBlocks(call, template, page);
}

/** Pages inside a template are not copied; neither does the service copy them through the API. */
function copyBlocks(call: Call, from: Container, to: Container): void {
  const now = call.world.clock.now();
  for (const child of [...liveChildren(call.world, from)]) {
    if (child.kind !== 'block') continue;
    const copy: BlockNode = {
      ...child,
      id: call.world.ids.uuid(),
      parentId: to.id,
      createdAt: now,
      editedAt: now,
      createdBy: call.caller.botId,
      editedBy: call.caller.botId,
      content: structuredClone(child.content),
      children: [],
    };
    addNode(call.world, copy);
    copyBlocks(call, child, copy);
  }
}
