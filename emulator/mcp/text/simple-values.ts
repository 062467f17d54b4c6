import type { Call } from '../../http/route.ts';
import { pageObject } from '../../rest/page-object.ts';
import type { PageNode, PropertyValue, RichText } from '../../world/records.ts';
import { plainText } from '../../world/rich-text.ts';
import { addressOf } from '../reference.ts';

/** A value that fits into a cell of SQLite, which is how the hosted server thinks of rows. */
export type SimpleValue = string | number | null;

/** The properties of a page in the hosted server's flat form; empty ones are left out. */
export function simpleProperties(call: Call, page: PageNode): Record<string, SimpleValue> {
  const cells: Record<string, SimpleValue> = {};
  for (const [name, value] of Object.entries(pageObject(call, page).properties)) {
    for (const [key, cell] of cellsOf(columnName(name), value)) if (cell !== null) cells[key] = cell;
  }
  return cells;
}

/** `id` and `url` are the row's own columns, so properties with these names carry a prefix. */
export function columnName(name: string): string {
  return ['id', 'url'].includes(name.toLowerCase()) ? `userDefined:${name}` : name;
}

/** The columns of one property: three for a date, one for everything else. */
export function cellsOf(name: string, value: PropertyValue): [string, SimpleValue][] {
  if (value.type !== 'date') return [[name, cellOf(value)]];
  const date = value.date;
  return [
    [`date:${name}:start`, date?.start ?? null],
    [`date:${name}:end`, date?.end ?? null],
    [`date:${name}:is_datetime`, date === null ? null : Number(date.start.includes('T'))],
  ];
}

function cellOf(value: PropertyValue): SimpleValue {
  switch (value.type) {
    case 'title':
      return plainText(value.title as RichText);
    case 'rich_text':
      return plainText(value.rich_text as RichText) || null;
    case 'number':
      return value.number;
    case 'checkbox':
      return value.checkbox ? '__YES__' : '__NO__';
    case 'select':
      return value.select?.name ?? null;
    case 'status':
      return value.status?.name ?? null;
    case 'multi_select':
      return list(value.multi_select.map(option => option.name));
    case 'people':
      return list(value.people.map(person => `user://${person.id}`));
    case 'relation':
      return list(value.relation.map(page => addressOf(page.id)));
    case 'files':
      return list(value.files.map(file => file.name));
    case 'unique_id':
      return value.unique_id.number === null
        ? null
        : [value.unique_id.prefix, value.unique_id.number].filter(part => part !== null).join('-');
    case 'created_by':
      return `user://${value.created_by.id}`;
    case 'last_edited_by':
      return `user://${value.last_edited_by.id}`;
    default:
      return computed(value);
  }
}

/** Formulas, rollups and what is plain already. */
function computed(value: PropertyValue): SimpleValue {
  let inner: unknown = Reflect.get(value, value.type);
  while (typeof inner === 'object' && inner !== null && 'type' in inner && typeof inner.type === 'string') {
    inner = Reflect.get(inner, inner.type);
  }
  if (typeof inner === 'boolean') return inner ? '__YES__' : '__NO__';
  if (typeof inner === 'string' || typeof inner === 'number') return inner;
  return inner === null || inner === undefined ? null : JSON.stringify(inner);
}

function list(entries: readonly string[]): SimpleValue {
  return entries.length === 0 ? null : JSON.stringify(entries);
}
