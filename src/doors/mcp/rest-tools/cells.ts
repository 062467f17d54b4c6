import type { NotionJson } from './notion-calls.ts';
import { addressOf, idOf } from './references.ts';

/** A value in a cell: what Notion's hosted server makes of a property. */
export type Cell = string | number | null;

/** The properties of a page as cells; empty ones are left out. */
export function cellsOf(properties: unknown): Record<string, Cell> {
  const cells: Record<string, Cell> = {};
  for (const [name, value] of Object.entries(isJson(properties) ? properties : {})) {
    if (!isJson(value)) continue;
    for (const [key, cell] of cellsOfOne(columnName(name), value)) if (cell !== null) cells[key] = cell;
  }
  return cells;
}

/** The text of a title or a rich text. */
export function plainText(texts: unknown): string {
  if (!Array.isArray(texts)) return '';
  return texts.map(text => (isJson(text) && typeof text.plain_text === 'string' ? text.plain_text : '')).join('');
}

/** The title of a page, database or data source. */
export function titleOf(object: NotionJson): string {
  if (Array.isArray(object.title)) return plainText(object.title);
  const properties = isJson(object.properties) ? Object.values(object.properties) : [];
  const title = properties.find(value => isJson(value) && value.type === 'title');
  return isJson(title) ? plainText(title.title) : '';
}

export function isJson(value: unknown): value is NotionJson {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `id` and `url` are columns of the row itself. */
function columnName(name: string): string {
  return ['id', 'url'].includes(name.toLowerCase()) ? `userDefined:${name}` : name;
}

function cellsOfOne(name: string, value: NotionJson): [string, Cell][] {
  if (value.type !== 'date') return [[name, cellOf(value)]];
  const date = isJson(value.date) ? value.date : null;
  const start = typeof date?.start === 'string' ? date.start : null;
  return [
    [`date:${name}:start`, start],
    [`date:${name}:end`, typeof date?.end === 'string' ? date.end : null],
    [`date:${name}:is_datetime`, start === null ? null : Number(start.includes('T'))],
  ];
}

function cellOf(value: NotionJson): Cell {
  const type = String(value.type);
  const inner = value[type];
  switch (type) {
    case 'title':
    case 'rich_text':
      return plainText(inner) || (type === 'title' ? '' : null);
    case 'checkbox':
      return inner === true ? '__YES__' : '__NO__';
    case 'select':
    case 'status':
      return isJson(inner) ? String(inner.name) : null;
    case 'multi_select':
      return listed(inner, option => String(option.name));
    case 'people':
      return listed(inner, person => `user://${person.id}`);
    case 'relation':
      return listed(inner, page => addressOf(String(page.id)));
    case 'files':
      return listed(inner, file => String(file.name));
    case 'created_by':
    case 'last_edited_by':
      return isJson(inner) ? `user://${inner.id}` : null;
    case 'unique_id':
      if (!isJson(inner) || typeof inner.number !== 'number') return null;
      return [inner.prefix, inner.number].filter(part => part != null).join('-');
    default:
      return computed(inner);
  }
}

/** Formulas and rollups name the type of their value. */
function computed(value: unknown): Cell {
  let inner = value;
  while (isJson(inner) && typeof inner.type === 'string') inner = inner[inner.type];
  if (typeof inner === 'boolean') return inner ? '__YES__' : '__NO__';
  if (typeof inner === 'string' || typeof inner === 'number') return inner;
  return inner == null ? null : JSON.stringify(inner);
}

function listed(values: unknown, name: (value: NotionJson) => string): Cell {
  if (!Array.isArray(values) || values.length === 0) return null;
  return JSON.stringify(values.filter(isJson).map(name));
}

/** The type of each column, by the column's name. */
export type ColumnTypes = ReadonlyMap<string, string>;

/** Cells as the REST API expects properties. An unknown column counts as the title of a page of its own. */
export function propertiesOf(values: NotionJson, columns: ColumnTypes): NotionJson {
  const properties: NotionJson = {};
  for (const [column, value] of Object.entries(values)) {
    const [, dated, part] = /^date:(.+):(start|end|is_datetime)$/.exec(column) ?? [];
    const name = nameIn(dated ?? column.replace(/^userDefined:/, ''), columns);
    if (part === undefined) properties[name] = inputOf(columns.get(name) ?? 'title', value);
    else if (part !== 'is_datetime') properties[name] = withDate(properties[name], part, value);
  }
  return properties;
}

/** The title may be called `title`, even if its column has another name. */
function nameIn(name: string, columns: ColumnTypes): string {
  if (name !== 'title' || columns.has(name)) return name;
  return [...columns].find(([, type]) => type === 'title')?.[0] ?? name;
}

function withDate(before: unknown, part: string, value: unknown): NotionJson {
  if (value === null && part === 'start') return { date: null };
  const date = isJson(before) && isJson(before.date) ? before.date : {};
  return { date: { ...date, [part]: value } };
}

function inputOf(type: string, value: unknown): NotionJson {
  const empty = value === null || value === '';
  switch (type) {
    case 'title':
    case 'rich_text':
      return { [type]: empty ? [] : [{ text: { content: String(value) } }] };
    case 'number':
      return { number: empty ? null : Number(value) };
    case 'checkbox':
      return { checkbox: value === true || value === '__YES__' };
    case 'select':
    case 'status':
      return { [type]: empty ? null : { name: String(value) } };
    case 'multi_select':
      return { multi_select: textsIn(value).map(name => ({ name })) };
    case 'people':
    case 'relation':
      return { [type]: textsIn(value).map(text => ({ id: idOf(text) })) };
    case 'date':
      return { date: empty ? null : { start: String(value) } };
    default:
      return { [type]: empty ? null : value };
  }
}

/** A list, JSON text of one, or words between commas. */
function textsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(String);
  const text = String(value ?? '').trim();
  if (text === '') return [];
  if (text.startsWith('[')) {
    try {
      const parsed: unknown = JSON.parse(text);
      if (Array.isArray(parsed)) return parsed.map(String);
    } catch {
      return [text];
    }
  }
  return text.split(',').map(part => part.trim());
}
