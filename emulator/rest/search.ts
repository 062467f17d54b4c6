import { bodyPaging, invalidCursor, listOf, openCursor, PAGE_SIZE_MAX, sealCursor } from '../http/pagination.ts';
import { type Route, route } from '../http/route.ts';
import { boolean, object, oneOf, optional, type Read, type Shape, string, union } from '../http/shape.ts';
import { DATA_SOURCES_SINCE, isSince, type Version } from '../http/versions.ts';
import type { DataSourceNode, PageNode } from '../world/records.ts';
import { dataSourceObject } from './database-object.ts';
import { pageObject } from './page-object.ts';
import { searchTitles } from './title-search.ts';

const sort = union(
  object({ timestamp: oneOf('last_edited_time'), direction: optional(oneOf('ascending', 'descending')) }),
  object({ property: oneOf('relevance'), direction: optional(oneOf('ascending', 'descending')) }),
);

/** What stood for data sources before 2025-09-03 was called "database". */
const kinds = (version: Version): Shape<'page' | 'data_source' | 'database'> =>
  isSince(version, DATA_SOURCES_SINCE) ? oneOf('page', 'data_source') : oneOf('page', 'database');

const body = (version: Version) =>
  object({
    ...bodyPaging,
    query: optional(string()),
    sort: optional(sort),
    filter: optional(
      union(
        object({ property: oneOf('object'), value: kinds(version), in_trash: optional(boolean) }),
        object({ in_trash: boolean }),
      ),
    ),
  });

export const searchRoutes: readonly Route[] = [
  route('POST', '/v1/search', {
    needs: 'read_content',
    body,
    handle(call, { body: request }) {
      const found = searchTitles(
        call,
        wantedBy(request),
        cursorOf(request.start_cursor),
        request.page_size ?? PAGE_SIZE_MAX,
      );
      const results = found.items.map(node =>
        node.kind === 'page' ? pageObject(call, node) : dataSourceObject(call, node),
      );
      const cursor = found.next === null ? null : sealCursor(`${found.next}`);
      return isSince(call.version, DATA_SOURCES_SINCE)
        ? listOf('page_or_data_source', results, cursor)
        : listOf('page_or_database', results, cursor);
    },
  }),
];

function wantedBy(request: Read<ReturnType<typeof body>>) {
  const filter = request.filter;
  const value = filter !== undefined && 'value' in filter ? filter.value : null;
  const oldestFirst =
    request.sort !== undefined && 'timestamp' in request.sort && request.sort.direction === 'ascending';
  const inTrash = filter?.in_trash ?? false;
  return {
    query: request.query ?? '',
    oldestFirst,
    accepts: (node: PageNode | DataSourceNode) =>
      value === null || (value === 'page' ? node.kind === 'page' : node.kind === 'data_source'),
    inTrash,
  };
}

function cursorOf(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  const place = Number(openCursor(cursor));
  if (!Number.isSafeInteger(place)) throw invalidCursor(cursor);
  return place;
}
