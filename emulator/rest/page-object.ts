import type { PageObjectResponse } from '@notionhq/client';
import { minuteTime } from '../clock.ts';
import type { Call } from '../http/route.ts';
import { DATA_SOURCES_SINCE, IN_TRASH_SINCE, isSince } from '../http/versions.ts';
import type { Node, PageNode } from '../world/records.ts';
import { dataSourceOfRow, titleOf } from '../world/tree.ts';
import { withHostedFile } from './file-input.ts';
import type { Selection } from './filter-properties.ts';
import { propertiesObject } from './property-object.ts';
import { partialUser } from './user-object.ts';

type Parent = PageObjectResponse['parent'];

/** A page as the caller's version shows it, with the properties that the request selects. */
export function pageObject(call: Call, page: PageNode, only: Selection = null): PageObjectResponse {
  const source = dataSourceOfRow(call.world, page);
  return withTrash(call, {
    object: 'page',
    id: page.id,
    created_time: minuteTime(page.createdAt),
    last_edited_time: minuteTime(page.editedAt),
    created_by: partialUser(page.createdBy),
    last_edited_by: partialUser(page.editedBy),
    cover: withHostedFile(call, page.cover),
    icon: withHostedFile(call, page.icon),
    parent: parentObject(call, page),
    in_trash: page.inTrash,
    is_archived: page.archived,
    is_locked: page.locked,
    properties: propertiesObject(call, page, source, only),
    url: pageUrl(page),
    public_url: page.publicUrl,
  });
}

/** `archived` says the same as `in_trash` and is gone since 2026-03-11; the official types still require it. */
export function withTrash<T extends { in_trash: boolean }>(call: Call, answer: T): T & { archived: boolean } {
  if (isSince(call.version, IN_TRASH_SINCE)) return answer as T & { archived: boolean };
  return { ...answer, archived: answer.in_trash };
}

/** The `parent` of a page, block or data source row. Old versions know a row's database only. */
export function parentObject(call: Call, node: Node): Parent {
  const parent = node.parentId === null ? undefined : call.world.nodes.get(node.parentId);
  if (parent === undefined) return { type: 'workspace', workspace: true };
  switch (parent.kind) {
    case 'page':
      return { type: 'page_id', page_id: parent.id };
    case 'block':
      return { type: 'block_id', block_id: parent.id };
    case 'database':
      return { type: 'database_id', database_id: parent.id };
    case 'data_source': {
      const databaseId = parent.parentId ?? '';
      return isSince(call.version, DATA_SOURCES_SINCE)
        ? { type: 'data_source_id', data_source_id: parent.id, database_id: databaseId }
        : { type: 'database_id', database_id: databaseId };
    }
  }
}

/** Notion's shape since June 2026: the title in ASCII letters, then the id without dashes. */
export function pageUrl(page: PageNode): string {
  const words = titleOf(page)
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const hex = page.id.replaceAll('-', '');
  return `https://app.notion.com/p/${words === '' ? hex : `${words}-${hex}`}`;
}
