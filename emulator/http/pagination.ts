import { invalid } from './errors.ts';
import { looseObject, Mismatch, number, optional, type Shape, string, uuid } from './shape.ts';

export const PAGE_SIZE_MAX = 100;

/** `page_size` in a body: 0 stands for the default, as it does in the real service. */
const bodySize: Shape<number> = {
  read(value, path) {
    const size = number.read(value, path);
    if (!Number.isInteger(size) || size < 0) throw new Mismatch(path, '≥ `0`', value);
    if (size > PAGE_SIZE_MAX) throw new Mismatch(path, `≤ \`${PAGE_SIZE_MAX}\``, value);
    return size === 0 ? PAGE_SIZE_MAX : size;
  },
};

/** `page_size` in a query string. */
const querySize: Shape<number> = {
  read(value, path) {
    const size = typeof value === 'string' && /^\d{1,6}$/.test(value) ? Number(value) : null;
    if (size === null) throw new Mismatch(path, 'a number', value);
    return bodySize.read(size, path);
  },
};

export const queryPaging = { start_cursor: optional(string()), page_size: optional(querySize) };
/** Such a cursor is refused as "a valid uuid" (recorded). */
export const idPaging = { ...queryPaging, start_cursor: optional(uuid) };
export const bodyPaging = { start_cursor: optional(string()), page_size: optional(bodySize) };
export const pagedQuery = looseObject(queryPaging);

export interface Paging {
  readonly start_cursor?: string | undefined;
  readonly page_size?: number | undefined;
}

export interface Page<T> {
  readonly items: T[];
  readonly nextCursor: string | null;
}

/** A page of a list in memory. The cursor names the next item by id, so that it survives insertions before it. */
export function pageOf<T extends { readonly id: string }>(list: readonly T[], paging: Paging): Page<T> {
  const size = paging.page_size ?? PAGE_SIZE_MAX;
  const start = startOf(list, paging.start_cursor);
  const next = list[start + size];
  return { items: list.slice(start, start + size), nextCursor: next === undefined ? null : sealCursor(next.id) };
}

function startOf(list: readonly { readonly id: string }[], cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const id = openCursor(cursor);
  const start = list.findIndex(item => item.id === id);
  if (start < 0) throw invalidCursor(cursor);
  return start;
}

/** The same where Notion's cursors are the ids themselves: of blocks and of file uploads. */
export function pageById<T extends { readonly id: string }>(list: readonly T[], paging: Paging): Page<T> {
  const size = paging.page_size ?? PAGE_SIZE_MAX;
  const cursor = paging.start_cursor;
  const start = cursor === undefined ? 0 : list.findIndex(item => item.id === cursor);
  if (start < 0) throw invalidCursor(cursor ?? '');
  return { items: list.slice(start, start + size), nextCursor: list[start + size]?.id ?? null };
}

/** Cursors are opaque in Notion; here they are base64url, so that clients do not read them as ids. */
export function sealCursor(content: string): string {
  return Buffer.from(`c1:${content}`).toString('base64url');
}

export function openCursor(cursor: string): string {
  const content = Buffer.from(cursor, 'base64url').toString();
  if (!content.startsWith('c1:')) throw invalidCursor(cursor);
  return content.slice(3);
}

export function invalidCursor(cursor: string) {
  return invalid(`The start_cursor provided is invalid: ${cursor}`);
}

/** The envelope of every paginated answer. */
export function listOf<T, Type extends string>(
  type: Type,
  results: T[],
  nextCursor: string | null,
): {
  object: 'list';
  results: T[];
  next_cursor: string | null;
  has_more: boolean;
  type: Type;
} & { [K in Type]: Record<string, never> } {
  const envelope = { object: 'list', results, next_cursor: nextCursor, has_more: nextCursor !== null, type };
  // TypeScript cannot see that a computed key has the name that `type` carries.
  return { ...envelope, [type]: {} } as never;
}
