import type { NotionObjectKind } from '../../domain/operation.ts';
import type { NotionRef } from '../../domain/page-index.ts';
import { canonicalId } from '../../notion/ids.ts';
import { isObject, type Json } from '../read-answer.ts';
import type { Findings } from './findings.ts';

/** Keys that name an object, wherever Notion refers to one in this way: as a parent, the target of a link or a relation. */
const kinds: readonly (readonly [key: string, kind: NotionObjectKind])[] = [
  ['page_id', 'page'],
  ['database_id', 'database'],
  ['data_source_id', 'data_source'],
  ['block_id', 'block'],
  ['comment_id', 'comment'],
];

/** The objects that a reference names; null if it names something unknown. */
export function objectsNamed(reference: Json): NotionRef[] | null {
  const objects: NotionRef[] = [];
  for (const [key, kind] of kinds) {
    const named = reference[key];
    if (typeof named !== 'string') continue;
    const id = canonicalId(named);
    if (id === null) return null;
    objects.push({ kind, id });
  }
  return objects;
}

/** A page with a hidden parent counts as the topmost page that its reader sees. */
export function blankParent(holder: Json, key: 'parent' | 'database_parent', findings: Findings): void {
  const parent = holder[key];
  if (!isObject(parent)) return;
  const hide = () => {
    holder[key] = { type: 'workspace', workspace: true };
  };
  const objects = parent.type === 'workspace' ? [] : objectsNamed(parent);
  if (objects === null || (objects.length === 0 && parent.type !== 'workspace')) findings.blank(hide);
  else findings.shows(objects, hide);
}
