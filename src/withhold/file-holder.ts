import type { FileHolder } from '../domain/file-links.ts';
import type { Call } from '../domain/operation.ts';
import { canonicalId } from '../notion/ids.ts';
import { isObject, type Json } from './read-answer.ts';

/** The place of a file: the object that it belongs to, and the object whose sharing decides whether Notion shows it. */
export interface FilePlace {
  readonly holder: FileHolder;
  readonly source: FileHolder;
}

const holders: ReadonlySet<string> = new Set(['page', 'database', 'data_source', 'block', 'comment']);

/** The place of a value in an answer: the innermost page, block, … around it. Null if it is none of these. */
export function holderOf(object: Json): FilePlace | null {
  const holder = holderNamed(object.object, object.id);
  return holder && { holder, source: holder.kind === 'block' ? (parentOf(object) ?? holder) : holder };
}

/** The object of the call itself, for answers that do not name the holder of their files (property items, Markdown). */
export function holderOfCall({ operation }: Call): FilePlace {
  const { notFound } = operation.response;
  const holder = holderNamed(notFound?.kind, notFound?.id) ?? { kind: 'workspace', id: '' };
  return { holder, source: holder };
}

/** A block is shared like its parent: one look at a page is enough for all its pictures. */
function parentOf({ parent }: Json): FileHolder | null {
  if (!isObject(parent)) return null;
  return holderNamed('page', parent.page_id) ?? holderNamed('block', parent.block_id);
}

function holderNamed(kind: unknown, spelled: unknown): FileHolder | null {
  if (typeof kind !== 'string' || !holders.has(kind) || typeof spelled !== 'string') return null;
  const id = canonicalId(spelled);
  return id === null ? null : { kind: kind as FileHolder['kind'], id };
}
