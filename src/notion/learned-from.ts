import type { NotionObjectKind } from '../domain/operation.ts';
import type { LearnedObject, NotionRef } from '../domain/page-index.ts';
import { canonicalId } from './ids.ts';
import { mirrorProperties, plainText } from './mirrored-properties.ts';

type Json = Readonly<Record<string, unknown>>;

const nothing: ReadonlySet<string> = new Set();

/**
 * What an answer of Notion's REST API shows about where objects stand: the object itself, and the objects in its list.
 * Text is never searched (rule 16). The old result of a finished task is not used either.
 *
 * @param tested names of the properties that conditions test
 */
export function learnedFrom(answer: unknown, tested: ReadonlySet<string> = nothing): LearnedObject[] {
  if (!isRecord(answer)) return [];
  const { results } = answer;
  return Array.isArray(results)
    ? results.flatMap(result => (isRecord(result) ? learnedOf(result, tested) : []))
    : learnedOf(answer, tested);
}

function learnedOf(object: Json, tested: ReadonlySet<string>): LearnedObject[] {
  const id = idIn(object, 'id');
  const parent = readParent(object.parent);
  if (id === null || parent === null) return [];
  const inTrash = object.in_trash ?? object.archived;
  const common = { id, parent, ...(typeof inTrash === 'boolean' && { inTrash }) };
  switch (object.object) {
    case 'page': {
      const { title, properties } = mirrorProperties(object.properties, tested);
      const named = { ...common, kind: 'page' as const, ...(title !== null && { title }) };
      return [{ ...named, ...(tested.size > 0 && { properties }) }, ...dataSourceOf(object.parent)];
    }
    case 'database':
      return [{ ...common, kind: 'database', title: plainText(object.title) }];
    case 'data_source':
      return [{ ...common, kind: 'data_source', title: plainText(object.title) }, ...databaseOf(object, parent)];
    case 'block':
      return [blockOf(object, common)];
    case 'comment':
      return [{ ...common, kind: 'comment' }, ...discussionOf(object, parent)];
    case 'view':
      return [{ ...common, kind: 'view' }];
    default:
      return [];
  }
}

/** A block that represents a page or a database is that page or database. */
function blockOf({ type, ...block }: Json, common: Omit<LearnedObject, 'kind'>): LearnedObject {
  const { has_children: has } = block;
  const content = block[String(type)];
  const title = isRecord(content) && typeof content.title === 'string' ? content.title : '';
  if (type === 'child_page') return { ...common, kind: 'page', title };
  if (type === 'child_database') return { ...common, kind: 'database', title };
  return { ...common, kind: 'block', ...(typeof has === 'boolean' && { hasChildren: has }) };
}

/** Rows say beside their data source which database that is in. */
function dataSourceOf(parent: unknown): LearnedObject[] {
  if (!isRecord(parent)) return [];
  const id = idIn(parent, 'data_source_id');
  const database = idIn(parent, 'database_id');
  return id === null || database === null
    ? []
    : [{ kind: 'data_source', id, parent: { kind: 'database', id: database } }];
}

/** A data source says where its database stands. */
function databaseOf({ database_parent: above }: Json, database: NotionRef | 'workspace'): LearnedObject[] {
  const parent = readParent(above);
  return parent === null || database === 'workspace' ? [] : [{ kind: 'database', id: database.id, parent }];
}

/** No endpoint says what a discussion is about; its comments do. */
function discussionOf(comment: Json, parent: NotionRef | 'workspace'): LearnedObject[] {
  const id = idIn(comment, 'discussion_id');
  return id === null ? [] : [{ kind: 'discussion', id, parent }];
}

const parentKeys: readonly (readonly [key: string, kind: NotionObjectKind])[] = [
  ['data_source_id', 'data_source'],
  ['database_id', 'database'],
  ['page_id', 'page'],
  ['block_id', 'block'],
];

/** The parent of an object. Null if the answer does not say it, or if the kind of parent is unknown. */
function readParent(parent: unknown): NotionRef | 'workspace' | null {
  if (!isRecord(parent)) return null;
  for (const [key, kind] of parentKeys) {
    const id = idIn(parent, key);
    if (id !== null) return { kind, id };
  }
  return parent.workspace === true ? 'workspace' : null;
}

function idIn(object: Json, key: string): string | null {
  const value = object[key];
  return typeof value === 'string' ? canonicalId(value) : null;
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
