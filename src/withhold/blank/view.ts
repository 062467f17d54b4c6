import type { NotionRef } from '../../domain/page-index.ts';
import { canonicalId } from '../../notion/ids.ts';
import { isObject, type Json } from '../read-answer.ts';
import type { Findings } from './findings.ts';
import { blankAuthors } from './people.ts';

const keys: ReadonlySet<string> = new Set([
  ...['object', 'id', 'parent', 'name', 'type', 'created_time', 'last_edited_time', 'url', 'data_source_id'],
  ...['created_by', 'last_edited_by', 'filter', 'sorts', 'quick_filters', 'configuration', 'dashboard_view_id'],
  ...['request_id', 'deleted'],
]);
/** What a view says of the data that it shows. */
const dataKeys = ['filter', 'sorts', 'quick_filters', 'configuration'] as const;

/**
 * A view (https://developers.notion.com/reference/view). It stands in one database, and may show the data of another.
 */
export function blankView(view: Json, findings: Findings): void {
  findings.keep(view, keys);
  blankAuthors(view, findings);
  const hide = () => {
    for (const key of dataKeys) if (key in view) view[key] = null;
  };
  const id = typeof view.data_source_id === 'string' ? canonicalId(view.data_source_id) : null;
  if (id !== null) {
    const source: NotionRef = { kind: 'data_source', id };
    findings.shows([source], () => {
      view.data_source_id = null;
      hide();
    });
    // Only the schema shows which properties a view names. So if some properties are hidden, the view names none at
    // all.
    findings.masked.push({ object: source, hide });
  }
  findings.shows(pagesIn(dataKeys.map(key => view[key])), hide);
}

/** Pages that the conditions of a view name. */
function pagesIn(value: unknown): NotionRef[] {
  if (Array.isArray(value)) return value.flatMap(pagesIn);
  if (!isObject(value)) return [];
  const { relation, ...others } = value;
  return [...relatedIn(relation), ...Object.values(others).flatMap(pagesIn)];
}

function relatedIn(relation: unknown): NotionRef[] {
  if (!isObject(relation)) return [];
  return Object.values(relation).flatMap(id => {
    const canonical = typeof id === 'string' ? canonicalId(id) : null;
    return canonical === null ? [] : [{ kind: 'page' as const, id: canonical }];
  });
}
