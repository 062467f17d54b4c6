import type { NotionObjectKind } from '../domain/operation.ts';
import type { NotionRef } from '../domain/page-index.ts';
import { canonicalId } from './ids.ts';

/** What an item of a list is. `nothing`: it names no object, and belongs to the object of the request. */
export type AnswerItem = NotionRef | 'nothing' | 'strange';

/** By what an object in an answer calls itself. */
const kinds: ReadonlyMap<string, NotionObjectKind> = new Map(
  (['page', 'database', 'data_source', 'block', 'comment', 'view', 'file_upload'] as const).map(kind => [kind, kind]),
);

/**
 * Says what an object in an answer is. A block that represents a page or a database is that page or database. An object
 * of an unknown kind is `strange`: it is not known what it shows (rule 12).
 *
 * @param kind its kind if the item does not say it
 */
export function answerItem(item: unknown, kind: NotionObjectKind | null = null): AnswerItem {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return 'strange';
  const { object, id, type } = item as Record<string, unknown>;
  if (object === 'property_item') return propertyItem(item as Record<string, unknown>);
  if (object === 'user') return 'nothing';
  const named = typeof object === 'string' ? kinds.get(object) : (kind ?? undefined);
  const canonical = typeof id === 'string' ? canonicalId(id) : null;
  if (named === undefined || canonical === null) return 'strange';
  if (named !== 'block') return { kind: named, id: canonical };
  const standsFor = type === 'child_page' ? 'page' : type === 'child_database' ? 'database' : 'block';
  return { kind: standsFor, id: canonical };
}

/** One entry of a property of a page: a related page, or a part of the page itself. */
function propertyItem({ type, relation }: Record<string, unknown>): AnswerItem {
  if (type !== 'relation') return 'nothing';
  const id = typeof relation === 'object' && relation !== null ? (relation as Record<string, unknown>).id : null;
  const canonical = typeof id === 'string' ? canonicalId(id) : null;
  return canonical === null ? 'strange' : { kind: 'page', id: canonical };
}
