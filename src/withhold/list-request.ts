import type { DecidedCall } from '../domain/decided-call.ts';
import type { NotionRequest } from '../domain/operation.ts';
import type { ListPosition } from './list-cursor.ts';
import { isObject, type Json, parseObject } from './read-answer.ts';

type Paged = 'query' | 'body';
type Paging = Pick<NotionRequest, 'method' | 'path' | 'body' | 'headers'>;

/** Notion's default and its most (https://developers.notion.com/reference/intro#pagination). */
export const pageSizeMax = 100;

/** Which page of a list a request asks for. */
export function pagingOf(request: Paging, paged: Paged): { readonly cursor: string | null; readonly size: number } {
  const { start_cursor: cursor, page_size: size } = parametersOf(request, paged);
  const count = Number(size ?? 0);
  return {
    cursor: typeof cursor === 'string' ? cursor : null,
    size: Number.isInteger(count) && count > 0 && count <= pageSizeMax ? count : pageSizeMax,
  };
}

/** The same request for another page of the list. */
export function requestAt(request: NotionRequest, paged: Paged, { cursor, size }: ListPosition): NotionRequest {
  if (paged === 'query') return { ...request, path: pathWith(request.path, { start_cursor: cursor, page_size: size }) };
  const body = { ...bodyOf(request), start_cursor: cursor, page_size: size };
  const headers = { ...request.headers, 'content-type': 'application/json' };
  return { ...request, headers, body: Buffer.from(JSON.stringify(body)) };
}

/** The list that a cursor is bound to: the caller, the list and the connection, for every page of it. */
export function listNamed({ caller, facts }: DecidedCall, request: Paging): string {
  const { principal } = caller;
  return JSON.stringify([
    facts.workspaceId,
    facts.connection?.id,
    'id' in principal ? principal.id : principal.kind,
    request.method,
    withoutPage(request.path),
    argumentsIn(bodyOf(request)),
  ]);
}

function parametersOf(request: Paging, paged: Paged): Json {
  return paged === 'body' ? bodyOf(request) : Object.fromEntries(queryOf(request.path));
}

function bodyOf({ body }: Paging): Json {
  return Buffer.isBuffer(body) ? (parseObject(body) ?? {}) : {};
}

function queryOf(path: string): URLSearchParams {
  return new URLSearchParams(path.split('?')[1] ?? '');
}

/** The path of a list, without saying which page of it. */
export function withoutPage(path: string): string {
  return pathWith(path, {});
}

function pathWith(path: string, page: { start_cursor?: string; page_size?: number }): string {
  const query = queryOf(path);
  query.delete('start_cursor');
  query.delete('page_size');
  for (const [key, value] of Object.entries(page)) query.set(key, String(value));
  const [bare = ''] = path.split('?');
  return query.size === 0 ? bare : `${bare}?${query}`;
}

/** The arguments without the page, sorted: the caller's order does not matter. */
function argumentsIn(body: Json): unknown {
  const { start_cursor: _cursor, page_size: _size, ...others } = body;
  return ordered(others);
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (!isObject(value)) return value;
  const keys = Object.keys(value).sort();
  return keys.map(key => [key, ordered(value[key])]);
}
